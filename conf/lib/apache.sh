# Apache around conf/apache/*.conf and conf/shared-hosting/*. Sourced by conf/run; $SERVER says which.

WEB_PACKAGES=(apache2 libapache2-mod-fcgid)
case $SERVER in
    apache-proxy) WEB_NEEDS_SERVE=yes ;;
    *) WEB_NEEDS_SERVE=no ;; # Apache starts Martlet itself
esac

web_configure() {
    local folder=$STATE/apache
    own_folder "$folder" "$folder/processes" "$folder/site"
    {
        apache_server
        printf '<VirtualHost *:%s>\n' "$PORT"
        case $SERVER in
            apache-proxy) shipped apache/martlet-proxy.conf ;;
            apache-fcgid) shipped apache/martlet-fcgid.conf ;;
            shared-*) apache_shared_site ;;
        esac
        if [ -n "$SIMULATOR_SOCKET" ]; then
            printf 'ProxyPass "/simulator/" "unix:%s|fcgi://simulator/simulator/" %s\n' \
                "$SIMULATOR_SOCKET" "flushpackets=on timeout=960 retry=0 disablereuse=on"
        fi
        printf '</VirtualHost>\n'
    } > "$folder/apache.conf"
}

apache_server() {
    local module
    printf '# Written by conf/run at each start.\n'
    for module in mpm_event authz_core alias mime dir env setenvif headers rewrite reqtimeout \
        proxy proxy_fcgi fcgid cgid; do
        printf 'LoadModule %s_module /usr/lib/apache2/modules/mod_%s.so\n' "$module" "$module"
    done
    cat << END
ServerRoot "$STATE/apache"
ServerName localhost
Listen 127.0.0.1:$PORT
ListenBacklog 4096
PidFile "$STATE/apache/apache.pid"
DefaultRuntimeDir "$STATE/apache"
ErrorLog "$STATE/log/apache-error.log"
LogFormat "%h %t \"%r\" %>s %O" short
CustomLog "$STATE/log/apache-access.log" short
TypesConfig /etc/mime.types
DocumentRoot "$STATE/apache/site"
# A stream holds a thread, and a simulated provider behind the same server holds a second one.
ServerLimit 16
ThreadsPerChild 64
MaxRequestWorkers 1024
FcgidIPCDir "$STATE/apache/processes"
FcgidProcessTableFile "$STATE/apache/processes/table"
ScriptSock "$STATE/apache/processes/cgid.sock"
<Directory />
    Require all denied
    AllowOverride None
</Directory>
# Apache looks up the rest of each path as a file (PATH_TRANSLATED); without this it logs a refusal each time.
<Directory "$STATE/apache/site">
    Require all granted
</Directory>
END
}

# What a host would have set up for its customer, and in the customer's folder the files that we ship.
apache_shared_site() {
    local site=$STATE/apache/site kind=${SERVER#shared-} program
    case $kind in
        cgi) program=martlet.cgi ;;
        fcgid) program=martlet.fcgi ;;
    esac
    mkdir -p "$site/errors" "$site/console"
    shipped "shared-hosting/$kind.htaccess" > "$site/.htaccess"
    shipped "shared-hosting/$program" > "$site/$program"
    chmod 755 "$site/$program"
    shipped shared-hosting/errors.htaccess > "$site/errors/.htaccess"
    cp "$ROOT"/www/errors/*.json "$site/errors/"
    cp -R "$ROOT"/www/. "$site/console/"
    cat << END
<Directory "$site">
    Require all granted
    AllowOverride AuthConfig FileInfo Indexes Limit Options=ExecCGI,Indexes,FollowSymLinks,SymLinksIfOwnerMatch
    Options FollowSymLinks
    DirectoryIndex index.html
</Directory>
# Only the host can set these four; see conf/shared-hosting/README.md for what happens without.
AllowEncodedSlashes NoDecode
FcgidOutputBufferSize 0
FcgidBusyTimeout 1000
FcgidIOTimeout 960
FcgidMaxRequestLen 104857600
END
}

web_start() {
    start apache /usr/sbin/apache2 -DFOREGROUND -f "$STATE/apache/apache.conf"
}
