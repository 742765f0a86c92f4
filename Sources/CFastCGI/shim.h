#ifndef MARTLET_CFASTCGI_SHIM_H
#define MARTLET_CFASTCGI_SHIM_H

#include <fcgiapp.h>
#include <stddef.h>
#include <sys/socket.h>

/* accept4 is a GNU extension that the headers hide from Swift: it is named here under a name of our own. */
extern int martlet_accept4(int listening, void *address, void *length, int flags) __asm__("accept4");

/* Accepts a connection that no child process inherits; -1 and errno when there is none. */
static inline int martlet_accept(int listening) {
    return martlet_accept4(listening, NULL, NULL, SOCK_CLOEXEC);
}

/* A stream socket that no child process inherits: the flag for that is hidden as well. */
static inline int martlet_stream_socket(int family) {
    return socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

/* The process's environment as it is now: Swift refuses a mutable global variable. */
static inline char **martlet_environment(void) {
    extern char **environ;
    return environ;
}

#endif
