# lighttpd around conf/lighttpd/martlet.conf. Sourced by conf/run.

WEB_PACKAGES=(lighttpd)
WEB_NEEDS_SERVE=yes

web_configure() {
    local folder=$STATE/lighttpd
    own_folder "$folder" "$folder/uploads"
    shipped lighttpd/martlet.conf > "$folder/martlet.conf"
    cat > "$folder/lighttpd.conf" << END
# Written by conf/run at each start.
server.modules = ( "mod_indexfile", "mod_accesslog" )
server.document-root = "$folder"
server.bind = "127.0.0.1"
server.port = $PORT
server.listen-backlog = 4096
server.upload-dirs = ( "$folder/uploads" )
server.errorlog = "$STATE/log/lighttpd-error.log"
accesslog.filename = "$STATE/log/lighttpd-access.log"
include "$folder/martlet.conf"
server.modules += ( "mod_staticfile" )
$(if [ -n "$SIMULATOR_SOCKET" ]; then lighttpd_simulator; fi)
END
}

# The simulated providers: never buffered, whatever they send.
lighttpd_simulator() {
    cat << END
\$HTTP["url"] =~ "^/simulator/" {
    server.stream-response-body = 2
    fastcgi.server = ( "" => ( "simulator" => (
        "socket" => "$SIMULATOR_SOCKET", "check-local" => "disable", "disable-time" => 1 ) ) )
}
END
}

web_start() {
    start lighttpd /usr/sbin/lighttpd -D -f "$STATE/lighttpd/lighttpd.conf"
}
