-- wrk's requests: the same chat from many keys. Arguments after `--`: the path, and a file with the body.
-- Prints one JSON object; latencies are in microseconds.

local KEYS = 64
local prepared, turn = {}, 0

function init(arguments)
    local file = assert(io.open(arguments[2]))
    local body = file:read("*a")
    file:close()
    for key = 1, KEYS do
        local fields = { ["Content-Type"] = "application/json", ["Authorization"] = "Bearer bench-key-" .. key }
        prepared[key] = wrk.format("POST", arguments[1], fields, body)
    end
end

function request()
    turn = turn % KEYS + 1
    return prepared[turn]
end

function done(summary, latency)
    local errors = summary.errors
    io.write(string.format(
        '{"requests": %d, "microseconds": %d, "median": %.2f, "p99": %.2f, "errors": %d}\n',
        summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
        errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
