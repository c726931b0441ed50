/* The bench's servers: cheap enough that the scanner is measured and not they, honest enough that a wrong figure shows.
 *
 *   rig elastic PORT COUNTERS PROCESSES [TARPIT]   an open Elasticsearch on every address; TARPIT takes calls and says nothing
 *   rig plain   PORT FIRST COUNT STEP              COUNT listeners, STEP addresses apart, where another product answers 404
 *   rig silent  PORT                               a listener on every address whose filter drops all packets, as a firewall does
 *   rig ask     PORT FIRST COUNT PROCESSES         no server: puts a verdict's questions to COUNT of the first, reads the answers and
 *                                                  makes nothing of them, so that a scanner knows what the conversation alone costs
 *
 * Prints `ready` when calls are taken, and ends when its standard input does. Each cluster's name, uuid and figures follow from
 * the address that was called (see `rig.py`), so that a mix-up of answers cannot pass. COUNTERS is a file of eight 64-bit numbers.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CONNECTIONS, REQUESTS, ROOTS, CATS, COUNTS, OTHERS, CONTENT_READS, WRITES, KINDS };
enum { FREE, LISTENER, CALL, TARPIT };
#define ASKED 8192
#define SAID 8192

struct call { unsigned char kind; uint32_t number; int have; char *asked; };

static uint64_t spare[KINDS], *counters = spare;
static struct call *calls;
static rlim_t most;
static int is_elastic;
static uint32_t tarpit;

static void count(int kind) { __atomic_fetch_add(&counters[kind], 1, __ATOMIC_RELAXED); }

static void die(const char *what) { perror(what); exit(1); }

/* ---- what a cluster says ---- */

static uint64_t mail_records(uint32_t n) { return 1000 + 3ull * n; }
static uint64_t mail_bytes(uint32_t n) { return 1000000 + 17ull * n; }
static uint64_t log_records(uint32_t n) { return 50 + n % 977; }
static uint64_t log_bytes(uint32_t n) { return 4096 + 5ull * n; }

static const char *COLUMNS = "health,status,index,uuid,pri,rep,docs.count,docs.deleted,store.size,pri.store.size";

static int cell(char *out, const char *name, size_t size, uint32_t n, int is_log) {
  char value[64];
  uint64_t records = is_log ? log_records(n) : mail_records(n), bytes = is_log ? log_bytes(n) : mail_bytes(n);
#define IS(word) (size == sizeof(word) - 1 && !memcmp(name, word, size))
  if (IS("health")) strcpy(value, "green");
  else if (IS("status")) strcpy(value, "open");
  else if (IS("index")) sprintf(value, is_log ? "logs-%06x" : "mail-%06x", n);
  else if (IS("uuid")) sprintf(value, "%08x%dIndexOfBench", n, is_log);
  else if (IS("pri")) strcpy(value, "1");
  else if (IS("rep") || IS("docs.deleted")) strcpy(value, "0");
  else if (IS("docs.count")) sprintf(value, "%lu", records);
  else if (IS("store.size") || IS("pri.store.size")) sprintf(value, "%lu", bytes);
  else if (IS("creation.date")) sprintf(value, "%lu", 1558000000000ul + n);
  else return 0;
#undef IS
  return sprintf(out, "\"%.*s\":\"%s\",", (int)size, name, value);
}

static int row(char *out, const char *columns, uint32_t n, int is_log) {
  char *at = out;
  *at++ = '{';
  while (*columns && *columns != '&' && *columns != ' ') {
    size_t size = strcspn(columns, ",& ");
    at += cell(at, columns, size, n, is_log);
    columns += size + (columns[size] == ',');
  }
  if (at[-1] == ',') at--;
  *at++ = '}';
  return at - out;
}

static int cat(char *out, const char *path, uint32_t n) {
  const char *wanted = strstr(path, "h=");
  const char *columns = wanted && (wanted[-1] == '?' || wanted[-1] == '&') ? wanted + 2 : COLUMNS;
  char *at = out;
  *at++ = '[';
  at += row(at, columns, n, 0);
  *at++ = ',';
  at += row(at, columns, n, 1);
  *at++ = ']';
  return at - out;
}

static const char *CONTENT[] = {"_search", "_msearch", "_doc", "_mget", "_source", "_sql", "_termvectors", "_explain", "_async", "_bulk", 0};

static int is_content(const char *path) {
  size_t end = strcspn(path, "? ");
  for (const char **word = CONTENT; *word; word++) {
    const char *found = strstr(path, *word);
    if (found && found < path + end) return 1;
  }
  return 0;
}

static int starts(const char *path, const char *word) {
  size_t size = strlen(word);
  return !strncmp(path, word, size) && strchr("? /", path[size]);
}

/* Fills `body` and `size`, and returns the status. */
static int elastic(const char *path, uint32_t n, char *body, int *size) {
  uint64_t records = mail_records(n) + log_records(n), bytes = mail_bytes(n) + log_bytes(n);
  if (is_content(path)) {
    count(CONTENT_READS);
    *size = sprintf(body, "{\"hits\":{\"total\":{\"value\":%lu},\"hits\":[]}}", records);
  } else if (path[1] == ' ' || path[1] == '?') {
    count(ROOTS);
    *size = sprintf(body,
      "{\n  \"name\" : \"node-%06x\",\n  \"cluster_name\" : \"bench-%06x\",\n  \"cluster_uuid\" : \"%08xClusterOfBench\",\n"
      "  \"version\" : {\n    \"number\" : \"7.10.2\",\n    \"build_flavor\" : \"default\",\n    \"build_type\" : \"docker\",\n"
      "    \"build_hash\" : \"747e1cc71def077253878a59143c1f785afa92b9\",\n    \"build_date\" : \"2021-01-13T00:42:12.435326Z\",\n"
      "    \"build_snapshot\" : false,\n    \"lucene_version\" : \"8.7.0\",\n    \"minimum_wire_compatibility_version\" : \"6.8.0\",\n"
      "    \"minimum_index_compatibility_version\" : \"6.0.0-beta1\"\n  },\n  \"tagline\" : \"You Know, for Search\"\n}\n", n, n, n);
  } else if (!strncmp(path, "/_cat/indices?", 14) || !strncmp(path, "/_cat/indices ", 14)) {
    count(CATS);
    *size = cat(body, path, n);
  } else if (starts(path, "/_count") || starts(path, "/_all/_count")) {
    count(COUNTS);
    *size = sprintf(body, "{\"count\":%lu,\"_shards\":{\"total\":2,\"successful\":2,\"skipped\":0,\"failed\":0}}", records);
  } else if (starts(path, "/_stats") || starts(path, "/_all/_stats")) {
    count(OTHERS);
    *size = sprintf(body, "{\"_all\":{\"primaries\":{\"docs\":{\"count\":%lu,\"deleted\":0},\"store\":{\"size_in_bytes\":%lu}}},\"indices\":{}}",
      records, bytes);
  } else if (starts(path, "/_nodes")) {
    count(OTHERS);
    *size = sprintf(body, "{\"nodes\":{\"n%06x\":{\"version\":\"7.10.2\"}}}", n);
  } else {
    count(OTHERS);
    *size = sprintf(body, "{\"error\":{\"root_cause\":[],\"type\":\"index_not_found_exception\",\"reason\":\"no such index\"},\"status\":404}");
    return 404;
  }
  return 200;
}

/* ---- taking calls ---- */

/* An old caller is answered in its own version, and hung up on, as Elasticsearch does: nmap waits for that. Less than 0: hang up. */
static int answer(int fd, struct call *call) {
  char body[SAID], said[SAID + 256], *path = strchr(call->asked, ' ');
  int size = 0, status = 404;
  count(REQUESTS);
  if (!path || path[1] != '/') return -1;
  int is_reading = !strncmp(call->asked, "GET ", 4) || !strncmp(call->asked, "HEAD ", 5);
  if (is_elastic && is_reading) status = elastic(path + 1, call->number, body, &size);
  else if (is_elastic) { count(WRITES); status = 405; }
  else size = sprintf(body, "<html><head><title>404 Not Found</title></head><body>nginx</body></html>");
  int is_old = !!memmem(call->asked, strcspn(call->asked, "\r"), " HTTP/1.0", 9);
  int head = sprintf(said, "HTTP/1.%d %d %s\r\n%scontent-type: %s\r\ncontent-length: %d\r\n\r\n", !is_old, status, status == 200 ? "OK" : "Not Found",
    is_elastic ? "" : "server: nginx\r\n", is_elastic ? "application/json; charset=UTF-8" : "text/html", size);
  if (call->asked[0] != 'H') { memcpy(said + head, body, size); head += size; }
  return send(fd, said, head, MSG_NOSIGNAL) == head && !is_old ? 0 : -1;
}

static void end(int fd) { free(calls[fd].asked); calls[fd] = (struct call){0}; close(fd); }

static void hear(int fd) {
  struct call *call = &calls[fd];
  int got = recv(fd, call->asked + call->have, ASKED - 1 - call->have, 0);
  if (got < 0 && errno == EAGAIN) return;
  if (got <= 0) { end(fd); return; }
  call->have += got;
  call->asked[call->have] = 0;
  char *stop;
  while ((stop = strstr(call->asked, "\r\n\r\n"))) {
    if (answer(fd, call)) { end(fd); return; }
    int used = stop + 4 - call->asked;
    memmove(call->asked, stop + 4, call->have - used + 1);
    call->have -= used;
  }
  if (call->have >= ASKED - 1) end(fd);
}

static void take(int epoll, int listener) {
  for (int burst = 0; burst < 64; burst++) {
    struct sockaddr_in here;
    socklen_t size = sizeof here;
    int fd = accept4(listener, 0, 0, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    if ((rlim_t)fd >= most) { close(fd); return; }
    count(CONNECTIONS);
    getsockname(fd, (struct sockaddr *)&here, &size);
    uint32_t address = ntohl(here.sin_addr.s_addr);
    int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    calls[fd] = (struct call){.kind = tarpit && address == tarpit ? TARPIT : CALL, .number = address & 0xffffff, .asked = malloc(ASKED)};
    struct epoll_event event = {.events = calls[fd].kind == TARPIT ? EPOLLHUP : EPOLLIN, .data.fd = fd};
    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
  }
}

static void serve(int *listeners, int many) {
  int epoll = epoll_create1(EPOLL_CLOEXEC);
  for (int i = 0; i < many; i++) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listeners[i]};
    calls[listeners[i]].kind = LISTENER;
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, listeners[i], &event)) die("epoll_ctl");
  }
  struct epoll_event events[512];
  for (;;) {
    int got = epoll_wait(epoll, events, 512, -1);
    for (int i = 0; i < got; i++) {
      int fd = events[i].data.fd;
      if (calls[fd].kind == LISTENER) take(epoll, fd);
      else if (calls[fd].kind == CALL) hear(fd);
      else if (calls[fd].kind == TARPIT) end(fd);
    }
  }
}

static int listener(uint32_t address, int port) {
  int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(address)};
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
  if (fd < 0 || bind(fd, (struct sockaddr *)&here, sizeof here) || listen(fd, 65535)) die("bind");
  return fd;
}

static uint32_t parse(const char *text) {
  struct in_addr address;
  if (!inet_aton(text, &address)) { fprintf(stderr, "not an address: %s\n", text); exit(1); }
  return ntohl(address.s_addr);
}

static void deafen(int fd) {
  struct sock_filter drop = BPF_STMT(BPF_RET | BPF_K, 0);
  struct sock_fprog filter = {.len = 1, .filter = &drop};
  if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter)) die("SO_ATTACH_FILTER");
}

static void share_counters(const char *file) {
  int fd = open(file, O_RDWR | O_CREAT, 0600);
  if (fd < 0 || ftruncate(fd, sizeof spare)) die(file);
  counters = mmap(0, sizeof spare, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (counters == MAP_FAILED) die("mmap");
}

/* Starts one process for each listener or for all of them; they end with us. */
static void start(int *listeners, int many, int processes) {
  for (int i = 0; i < processes; i++) {
    if (fork()) continue;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (processes == 1) serve(listeners, many);
    serve(&listeners[i], 1);
  }
}

/* ---- asking, and making nothing of the answers ---- */

#define QUESTION(path) "GET " path " HTTP/1.1\r\nhost: 127.0.0.1:9200\r\nuser-agent: leakguard-bench (bench@example.org)\r\n\r\n"
static const char *QUESTIONS[] = {QUESTION("/"), QUESTION("/_cat/indices?format=json&bytes=b&h=index,docs.count,store.size,creation.date"), QUESTION("/_count")};
enum { UNDER_WAY = 256, QUESTIONS_EACH = 3 };

static void watch(int epoll, int how, int fd, uint32_t events) {
  struct epoll_event event = {.events = events, .data.fd = fd};
  epoll_ctl(epoll, how, fd, &event);
}

static void call(int epoll, uint32_t address, int port) {
  struct linger abrupt = {1, 0};
  struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(address)};
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0 || (connect(fd, (struct sockaddr *)&there, sizeof there) && errno != EINPROGRESS)) die("connect");
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &abrupt, sizeof abrupt);
  calls[fd].number = 0;
  watch(epoll, EPOLL_CTL_ADD, fd, EPOLLOUT);
}

/* Every `step`th of `count` addresses; an answer of the rig always comes in one piece. */
static void ask(uint32_t first, int count, int step, int port) {
  int epoll = epoll_create1(EPOLL_CLOEXEC), next = 0, open = 0;
  struct epoll_event events[UNDER_WAY];
  char said[SAID];
  while (next < count || open) {
    for (; open < UNDER_WAY && next < count; next += step, open++) call(epoll, first + next, port);
    int got = epoll_wait(epoll, events, UNDER_WAY, -1);
    for (int i = 0; i < got; i++) {
      int fd = events[i].data.fd;
      if (events[i].events & EPOLLOUT) watch(epoll, EPOLL_CTL_MOD, fd, EPOLLIN);
      else if (recv(fd, said, sizeof said, 0) <= 0) die("recv");
      if (calls[fd].number == QUESTIONS_EACH) { close(fd); open--; continue; }
      const char *question = QUESTIONS[calls[fd].number++];
      if (send(fd, question, strlen(question), MSG_NOSIGNAL) < 0) die("send");
    }
  }
}

static int ask_all(uint32_t first, int count, int port, int processes) {
  int status, failed = 0;
  for (int i = 0; i < processes; i++) {
    if (fork()) continue;
    ask(first + i, count - i, processes, port);
    _exit(0);
  }
  while (wait(&status) > 0) failed |= status;
  return failed != 0;
}

int main(int argc, char **argv) {
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  most = files.rlim_cur;
  calls = calloc(most, sizeof *calls);
  int listeners[4096], many = 0;
  if (argc >= 6 && !strcmp(argv[1], "ask")) return ask_all(parse(argv[3]), atoi(argv[4]), atoi(argv[2]), atoi(argv[5]));
  if (argc >= 5 && !strcmp(argv[1], "elastic")) {
    is_elastic = 1;
    share_counters(argv[3]);
    tarpit = argc > 5 ? parse(argv[5]) : 0;
    for (; many < atoi(argv[4]) && many < 64; many++) listeners[many] = listener(INADDR_ANY, atoi(argv[2]));
    start(listeners, many, many);
  } else if (argc >= 6 && !strcmp(argv[1], "plain")) {
    for (; many < atoi(argv[4]) && many < 4096; many++) listeners[many] = listener(parse(argv[3]) + many * atoi(argv[5]), atoi(argv[2]));
    start(listeners, many, 1);
  } else if (argc >= 3 && !strcmp(argv[1], "silent")) {
    deafen(listener(INADDR_ANY, atoi(argv[2])));
  } else {
    fprintf(stderr, "see the head of rig.c\n");
    return 2;
  }
  printf("ready\n");
  fflush(stdout);
  while (getchar() != EOF) {}
  return 0;
}
