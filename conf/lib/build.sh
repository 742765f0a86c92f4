# Builds the release programs. Sourced by conf/run and Tests/run, so that both use one build folder.

BUILD_DIR=${MARTLET_BUILD_DIR:-$ROOT/.build}
BUILD_PACKAGES=(pkg-config libfcgi-dev libcurl4-openssl-dev libsqlite3-dev)

find_swift() {
    local place
    command -v swift > /dev/null && return
    for place in /opt/swift/usr/bin "$HOME/.local/share/swiftly/bin" /usr/libexec/swift/bin; do
        if [ -x "$place/swift" ]; then
            PATH=$place:$PATH
            return
        fi
    done
    printf 'The Swift toolchain (6.3 or later) is missing: https://www.swift.org/install/linux/debian/\n' >&2
    exit 1
}

# Static, so that the program needs no toolchain where it runs; stripped by the linker (a third of the size).
build_release() {
    local product
    find_swift
    for product in martlet martlet-simulator; do
        swift build --package-path "$ROOT" --scratch-path "$BUILD_DIR" -c release --static-swift-stdlib \
            -Xswiftc -cross-module-optimization -Xlinker -s --product "$product" >&2 || return 1
    done
}
