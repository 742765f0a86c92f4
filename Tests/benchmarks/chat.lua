-- wrk's requests: the same chat from many keys. Arguments after `--`: the path, a file with the body, and perhaps one with
-- the keys, one on each line.
-- Prints one JSON object; latencies are in microseconds.

local KEYS = 64
local prepared, turn = {}, 0

function init(arguments)
    local file = assert(io.open(arguments[2]))
    local body = file:read("*a")
    file:close()
    local keys = {}
    if arguments[3] then
        for line in io.lines(arguments[3]) do keys[#keys + 1] = line end
    end
    for key = 1, KEYS do
        local name = keys[(key - 1) % math.max(#keys, 1) + 1] or "bench-key-" .. key
        local fields = { ["Content-Type"] = "application/json", ["Authorization"] = "Bearer " .. name }
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
