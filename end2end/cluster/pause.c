/* The first process of every pod. It keeps the pod's network open until it is told to end, and collects orphans. */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void end(int number) { (void)number; _exit(0); }
static void collect(int number) { (void)number; while (waitpid(-1, 0, WNOHANG) > 0) continue; }

int main(void) {
  signal(SIGINT, end);
  signal(SIGTERM, end);
  signal(SIGCHLD, collect);
  for (;;) pause();
}
