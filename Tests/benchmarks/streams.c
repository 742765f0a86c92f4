// Opens many event streams at once and measures when their events arrive. One thread, one epoll: what it adds to
// a gap is the time to read the sockets that became ready before.
//
// usage: streams PORT STREAMS EVENTS RAMP_SECONDS LIMIT_SECONDS REQUEST_FILE
//
// An event is an occurrence of the word "tick" in an answer. A stream is complete when its status is 200, it had
// EVENTS events, and its chunked body has ended. Prints one JSON object; times are in milliseconds.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static const char word[] = "tick";
static const char good_status[] = "HTTP/1.1 200 ";
static const char last_chunk[] = "\r\n0\r\n\r\n";
enum { WORD = sizeof word - 1, STATUS = sizeof good_status - 1, TAIL = sizeof last_chunk - 1 };

struct stream {
    int descriptor;
    int events;
    unsigned matched;  // how much of the word the last bytes were
    size_t received;
    char status[STATUS];
    char tail[TAIL];
    int64_t begun, last;
};

static int streams_wanted, events_wanted, complete;
static struct stream *streams;
static int64_t *firsts, *gaps;
static size_t first_count, gap_count;
static char request[65536];
static size_t request_size;
static int poller;

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void begin(struct stream *stream, int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    stream->begun = now();
    stream->descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (stream->descriptor < 0) fail("socket");
    if (connect(stream->descriptor, (struct sockaddr *)&address, sizeof address) != 0) fail("connect");
    if (write(stream->descriptor, request, request_size) != (ssize_t)request_size) fail("write");
    fcntl(stream->descriptor, F_SETFL, O_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = stream};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, stream->descriptor, &event) != 0) fail("epoll_ctl");
}

static void count(struct stream *stream, int64_t arrived) {
    if (stream->events == events_wanted) {
        stream->events += 1;  // one too many: not complete
        return;
    }
    if (stream->events++ == 0) {
        firsts[first_count++] = arrived - stream->begun;
    } else {
        gaps[gap_count++] = arrived - stream->last;
    }
    stream->last = arrived;
}

static void take(struct stream *stream, const char *bytes, size_t size, int64_t arrived) {
    for (size_t index = 0; index < size; index++) {
        char byte = bytes[index];
        if (stream->received < STATUS) stream->status[stream->received] = byte;
        stream->received++;
        // No letter of the word occurs twice, so a mismatch leaves at most a new beginning.
        stream->matched = byte == word[stream->matched] ? stream->matched + 1 : byte == word[0];
        if (stream->matched == WORD) {
            stream->matched = 0;
            count(stream, arrived);
        }
    }
    size_t fresh = size < TAIL ? size : TAIL;
    memmove(stream->tail, stream->tail + fresh, TAIL - fresh);
    memcpy(stream->tail + TAIL - fresh, bytes + size - fresh, fresh);
}

static bool has_ended(const struct stream *stream) { return memcmp(stream->tail, last_chunk, TAIL) == 0; }

// Returns whether the stream is over.
static bool receive(struct stream *stream) {
    static char buffer[65536];
    ssize_t size = read(stream->descriptor, buffer, sizeof buffer);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return false;
    if (size > 0) take(stream, buffer, (size_t)size, now());
    if (size > 0 && !has_ended(stream)) return false;
    bool is_good = memcmp(stream->status, good_status, STATUS) == 0;
    if (is_good && stream->events == events_wanted && has_ended(stream)) {
        complete++;
    } else {
        fprintf(stderr, "a stream ended after %d events and %zu bytes: %.*s\n", stream->events, stream->received,
                is_good || size <= 0 ? STATUS : (int)(size < 1000 ? size : 1000), is_good ? good_status : buffer);
    }
    close(stream->descriptor);
    return true;
}

static void run(int port, int64_t ramp, int64_t limit) {
    struct epoll_event ready[256];
    int64_t start = now();
    int begun = 0, over = 0;
    while (over < streams_wanted && now() - start < limit) {
        while (begun < streams_wanted && now() - start >= ramp * begun / streams_wanted) begin(&streams[begun++], port);
        int wait = begun < streams_wanted ? 1 : 1000;
        int ready_count = epoll_wait(poller, ready, 256, wait);
        for (int index = 0; index < ready_count; index++) over += receive(ready[index].data.ptr);
    }
}

static int ascending(const void *left, const void *right) {
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

static void print(const char *name, int64_t *times, size_t size) {
    qsort(times, size, sizeof *times, ascending);
    double shares[] = {0.5, 0.99, 1};
    const char *names[] = {"median", "p99", "max"};
    printf(", \"%s\": {", name);
    for (int index = 0; index < 3; index++) {
        double time = size == 0 ? 0 : (double)times[(size_t)((double)(size - 1) * shares[index])];
        printf("%s\"%s\": %.3f", index ? ", " : "", names[index], time / 1e6);
    }
    printf("}");
}

int main(int argc, char **argv) {
    if (argc != 7) {
        fprintf(stderr, "usage: %s PORT STREAMS EVENTS RAMP_SECONDS LIMIT_SECONDS REQUEST_FILE\n", argv[0]);
        return 2;
    }
    streams_wanted = atoi(argv[2]);
    events_wanted = atoi(argv[3]);
    FILE *file = fopen(argv[6], "r");
    if (file == NULL) fail(argv[6]);
    request_size = fread(request, 1, sizeof request, file);
    fclose(file);
    size_t all = (size_t)streams_wanted * (size_t)events_wanted;
    streams = calloc((size_t)streams_wanted, sizeof *streams);
    firsts = calloc((size_t)streams_wanted, sizeof *firsts);
    gaps = calloc(all, sizeof *gaps);
    poller = epoll_create1(EPOLL_CLOEXEC);
    if (streams == NULL || firsts == NULL || gaps == NULL || poller < 0) fail("start");
    run(atoi(argv[1]), (int64_t)(atof(argv[4]) * 1e9), (int64_t)(atof(argv[5]) * 1e9));
    printf("{\"complete\": %d, \"failed\": %d", complete, streams_wanted - complete);
    print("first", firsts, first_count);
    print("gap", gaps, gap_count);
    printf("}\n");
    return 0;
}
