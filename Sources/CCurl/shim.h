#ifndef MARTLET_CCURL_SHIM_H
#define MARTLET_CCURL_SHIM_H

#include <curl/curl.h>

/*
 * Swift cannot call variadic C functions: each forwarder below fixes the type of one kind of argument.
 * The parentheses around the function's name keep libcurl's type-checking macros out of the way.
 */

typedef size_t (*ccurl_receive)(char *bytes, size_t size, size_t count, void *context);

typedef int (*ccurl_seek)(void *context, curl_off_t offset, int origin);

typedef curl_socket_t (*ccurl_open_socket)(void *context, curlsocktype purpose, struct curl_sockaddr *address);

static inline CURLcode ccurl_set_long(CURL *handle, CURLoption option, long value) {
    return (curl_easy_setopt)(handle, option, value);
}

static inline CURLcode ccurl_set_offset(CURL *handle, CURLoption option, curl_off_t value) {
    return (curl_easy_setopt)(handle, option, value);
}

/* libcurl copies the string. */
static inline CURLcode ccurl_set_string(CURL *handle, CURLoption option, const char *value) {
    return (curl_easy_setopt)(handle, option, value);
}

/* libcurl keeps the pointer. */
static inline CURLcode ccurl_set_pointer(CURL *handle, CURLoption option, const void *value) {
    return (curl_easy_setopt)(handle, option, value);
}

static inline CURLcode ccurl_set_receive(CURL *handle, CURLoption option, ccurl_receive function) {
    return (curl_easy_setopt)(handle, option, function);
}

static inline CURLcode ccurl_set_seek(CURL *handle, CURLoption option, ccurl_seek function) {
    return (curl_easy_setopt)(handle, option, function);
}

static inline CURLcode ccurl_set_open_socket(CURL *handle, CURLoption option, ccurl_open_socket function) {
    return (curl_easy_setopt)(handle, option, function);
}

static inline CURLcode ccurl_get_offset(CURL *handle, CURLINFO info, curl_off_t *value) {
    return (curl_easy_getinfo)(handle, info, value);
}

static inline CURLMcode ccurl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return (curl_multi_setopt)(multi, option, value);
}

static inline CURLSHcode ccurl_share_data(CURLSH *share, curl_lock_data data) {
    return (curl_share_setopt)(share, CURLSHOPT_SHARE, data);
}

static inline CURLSHcode ccurl_share_lock(
    CURLSH *share, curl_lock_function lock, curl_unlock_function unlock, void *context
) {
    CURLSHcode code = (curl_share_setopt)(share, CURLSHOPT_LOCKFUNC, lock);
    if (code == CURLSHE_OK) code = (curl_share_setopt)(share, CURLSHOPT_UNLOCKFUNC, unlock);
    if (code == CURLSHE_OK) code = (curl_share_setopt)(share, CURLSHOPT_USERDATA, context);
    return code;
}

#endif
