# nginx around conf/nginx/martlet.conf. Sourced by conf/run.

WEB_PACKAGES=(nginx-light)
WEB_NEEDS_SERVE=yes

# Debian has several packages that contain the same program; any of them will do.
if [ -x /usr/sbin/nginx ]; then WEB_PACKAGES=(); fi

web_configure() {
    local folder=$STATE/nginx
    own_folder "$folder" "$folder/temporary"
    shipped nginx/martlet.conf > "$folder/martlet.conf"
    shipped nginx/martlet-upstream.conf > "$folder/martlet-upstream.conf"
    cat > "$folder/nginx.conf" << END
# Written by conf/run at each start.
daemon off;
worker_processes 2;
worker_rlimit_nofile $(ulimit -Hn | sed 's/unlimited/65536/');
pid "$folder/nginx.pid";
error_log "$STATE/log/nginx-error.log" warn;
events { worker_connections 4096; }
http {
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    access_log "$STATE/log/nginx-access.log";
    server_tokens off;
    client_body_temp_path "$folder/temporary/body";
    fastcgi_temp_path "$folder/temporary/fastcgi";
    proxy_temp_path "$folder/temporary/proxy";
    scgi_temp_path "$folder/temporary/scgi";
    uwsgi_temp_path "$folder/temporary/uwsgi";
    include "$folder/martlet-upstream.conf";
    server {
        listen 127.0.0.1:$PORT backlog=4096;
        server_name localhost;
        root "$ROOT/www";
        include "$folder/martlet.conf";
        $(if [ -n "$SIMULATOR_SOCKET" ]; then nginx_simulator; fi)
    }
}
END
}

# The simulated providers: never buffered, whatever they send.
nginx_simulator() {
    cat << END
location ^~ /simulator/ {
            include /etc/nginx/fastcgi_params;
            fastcgi_pass "unix:$SIMULATOR_SOCKET";
            fastcgi_buffering off;
            fastcgi_read_timeout 960s;
            client_max_body_size 200m;
        }
END
}

web_start() {
    start nginx /usr/sbin/nginx -p "$STATE/nginx" -e "$STATE/log/nginx-error.log" -c "$STATE/nginx/nginx.conf"
}
