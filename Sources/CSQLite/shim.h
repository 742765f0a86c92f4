#ifndef MARTLET_CSQLITE_SHIM_H
#define MARTLET_CSQLITE_SHIM_H

#include <sqlite3.h>
#include <sys/vfs.h>

/*
 * SQLITE_TRANSIENT is a cast that Swift cannot import: SQLite copies the bytes before these two return.
 * A null pointer would bind NULL instead of what is empty.
 */
static inline int martlet_sqlite3_bind_text(
    sqlite3_stmt *statement, int index, const void *bytes, sqlite3_uint64 count) {
    const char *text = bytes ? (const char *)bytes : "";
    return sqlite3_bind_text64(statement, index, text, count, SQLITE_TRANSIENT, SQLITE_UTF8);
}

static inline int martlet_sqlite3_bind_blob(
    sqlite3_stmt *statement, int index, const void *bytes, sqlite3_uint64 count) {
    return sqlite3_bind_blob64(statement, index, bytes ? bytes : "", count, SQLITE_TRANSIENT);
}

/*
 * The type of the file system that holds `path`, 0 when it is unknown.
 * Swift's Glibc module leaves sys/vfs.h out.
 */
static inline unsigned int martlet_file_system_type(const char *path) {
    struct statfs found;
    return statfs(path, &found) == 0 ? (unsigned int)found.f_type : 0;
}

#endif
