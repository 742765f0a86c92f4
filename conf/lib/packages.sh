# Installs Debian packages that are missing. Sourced by conf/run and Tests/run.

# as_root COMMAND…
as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# A web server that apt starts by itself would take port 80 and outlive us. policy-rc.d is Debian's way to say
# no; a file that is already there is somebody's own, and stays.
install_packages() {
    as_root env DEBIAN_FRONTEND=noninteractive sh -c '
        policy=/usr/sbin/policy-rc.d
        if [ ! -e "$policy" ]; then
            trap "rm -f $policy" EXIT
            trap "exit 1" INT TERM HUP
            printf "#!/bin/sh\nexit 101\n" > "$policy"
            chmod 755 "$policy"
        fi
        apt-get -q -o DPkg::Lock::Timeout=600 install -y --no-install-recommends "$@"' sh "$@" >&2
}

# need_packages PACKAGE…: installs those that are not there; ends the script when that is not possible.
need_packages() {
    local package missing=()
    command -v dpkg-query > /dev/null || return 0
    for package in "$@"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2> /dev/null)" = installed ] ||
            missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ "$(id -u)" != 0 ] && ! command -v sudo > /dev/null; then
        printf 'Please install first, as root:  apt-get install %s\n' "${missing[*]}" >&2
        exit 1
    fi
    printf 'Installing Debian packages: %s\n' "${missing[*]}" >&2
    # The package lists may be old or empty: once more after fetching them.
    install_packages "${missing[@]}" ||
        { as_root apt-get -q update >&2 && install_packages "${missing[@]}"; } ||
        {
            printf 'Could not install: %s\n' "${missing[*]}" >&2
            exit 1
        }
}
