// Tests the emulated GPU: selftest, or selftest second ID as the other process of one of the tests.
#include "check.h"

void test_streams_and_events();
void test_jitter_shows_a_missing_wait();
void test_memory();
void test_launches_and_faults();
void test_matrix_products();
void test_collectives_of_threads();
void test_bf16_sums_are_rounded_once();
void test_split_revoke_and_shrink();
void test_misuse();
void test_a_killed_process();
int run_second_process(const char* hex);

static void run(const char* name, void (*test)()) {
  auto start = std::chrono::steady_clock::now();
  test();
  for (const char* kind : {"bytes", "reservations", "hostAllocations", "streams", "events", "modules", "contexts"})
    if (emulator_stat(kind) != 0) {
      fprintf(stderr, "%s: leaves %ld %s\n", name, emulator_stat(kind), kind);
      exit(1);
    }
  CHECK(comes([] { return emulator_stat("communicators") == 0; }));  // work of the background ends
  printf("%s: %.2f s\n", name, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  fflush(stdout);
}

int main(int count, char** arguments) {
  if (count == 3 && strcmp(arguments[1], "second") == 0) return run_second_process(arguments[2]);
  run("streams and events", test_streams_and_events);
  run("jitter shows a missing wait", test_jitter_shows_a_missing_wait);
  run("memory", test_memory);
  run("launches and faults", test_launches_and_faults);
  run("matrix products", test_matrix_products);
  run("collectives of threads", test_collectives_of_threads);
  run("bf16 sums", test_bf16_sums_are_rounded_once);
  run("split, revoke, shrink", test_split_revoke_and_shrink);
  run("misuse", test_misuse);
  run("a killed process", test_a_killed_process);
  return 0;
}
