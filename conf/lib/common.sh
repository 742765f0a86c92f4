# Words, substitution, and the processes that a run owns. Sourced by conf/run.

say() { printf '%s\n' "$*" >&2; }

fail() {
    say "conf/run: $*"
    exit 1
}

# substitute FROM TO [FROM TO …]: standard input to standard output, literal text on both sides.
substitute() {
    local script="" from to
    while [ $# -gt 1 ]; do
        from=$(printf '%s' "$1" | sed 's/[][\\.*^$|]/\\&/g')
        to=$(printf '%s' "$2" | sed 's/[\\&|]/\\&/g')
        script+="s|$from|$to|g;"
        shift 2
    done
    sed "$script"
}

# shipped FILE: a snippet from conf/ with the installed paths replaced by those of this run. What is tested
# is the text that is shipped.
shipped() {
    substitute \
        /run/martlet/martlet.sock "$STATE/run/martlet.sock" \
        /usr/share/martlet/www "$ROOT/www" \
        /etc/martlet/martlet.toml "$CONFIG" \
        /var/lib/martlet "$STATE" \
        /usr/bin/martlet "$MARTLET" \
        /home/account/martlet/martlet.toml "$CONFIG" \
        /home/account/martlet/state "$STATE" \
        /home/account/martlet/martlet "$MARTLET" < "$ROOT/conf/$1"
}

# own_folder DIR…: folders that the processes of this run may write.
own_folder() {
    mkdir -p "$@"
    if [ "$(id -u)" = 0 ]; then chown "$ACCOUNT:" "$@"; fi
}

NAMES=()
PIDS=()

# start NAME COMMAND…: a child under the account of this run, its output in log/NAME.log. Everything on the way
# replaces itself by the next (exec), so the process id is the program's own.
start() {
    local name=$1
    shift
    # MARTLET_BUILD_DIR would look like a setting of Martlet's.
    (
        unset MARTLET_BUILD_DIR
        exec "${AS[@]}" "$@"
    ) < /dev/null >> "$STATE/log/$name.log" 2>&1 &
    NAMES+=("$name")
    PIDS+=($!)
}

# Fails, with the end of its log, when something that was started has ended.
all_running() {
    local index
    for index in "${!PIDS[@]}"; do
        kill -0 "${PIDS[index]}" 2> /dev/null && continue
        say "conf/run: ${NAMES[index]} ended; the end of $STATE/log/${NAMES[index]}.log:"
        tail -n 15 "$STATE/log/${NAMES[index]}.log" >&2
        exit 1
    done
}

# wait_for SECONDS WHAT COMMAND…: until the command succeeds, or something has ended, or the time is over.
wait_for() {
    local deadline=$((SECONDS + $1)) what=$2
    shift 2
    until "$@" > /dev/null 2>&1; do
        all_running
        [ "$SECONDS" -lt "$deadline" ] || fail "gave up waiting for $what; the logs are in $STATE/log"
        sleep 0.1
    done
    all_running
}

# Ends what was started, and nothing else: by process id, the web server first, so that running streams are let
# go. Everybody is told before anybody is waited for: Apache alone takes 11 s over a stream that nobody ends.
stop_all() {
    local index pid patience
    trap '' INT TERM HUP
    for ((index = ${#PIDS[@]} - 1; index >= 0; index--)); do
        kill -TERM "${PIDS[index]}" 2> /dev/null
    done
    for ((index = ${#PIDS[@]} - 1; index >= 0; index--)); do
        pid=${PIDS[index]}
        # Longer than those 11 s: a web server that is killed would leave its children.
        patience=200
        while kill -0 "$pid" 2> /dev/null && [ $((patience -= 1)) -gt 0 ]; do sleep 0.1; done
        kill -KILL "$pid" 2> /dev/null
        wait "$pid" 2> /dev/null
    done
    PIDS=()
}
