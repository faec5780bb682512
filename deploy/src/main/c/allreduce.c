/*
 * Times MPI's float32 sum all-reduce for `troupe bench allreduce`, as AllReduceTiming.java does it:
 * every rank writes its data anew, all meet, the all-reduce is timed, every sum is checked.
 *
 *   mpirun -n RANKS allreduce BYTES:ITERATIONS...
 *
 * Rank 0 prints a line a size: its bytes and the median time in seconds.
 */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>

enum { VALUES = 100, PATTERN = 8 };

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void fill(float *data, long count, int value) {
  for (long k = 0; k < count; k++) {
    data[k] = (float)(value + (int)(k & (PATTERN - 1)));
  }
}

static void check(const float *data, long count, int value, int ranks) {
  for (long k = 0; k < count; k++) {
    float expected = (float)(value + ranks * (int)(k & (PATTERN - 1)));
    if (data[k] != expected) {
      fprintf(stderr, "wrong sum at element %ld: %f, not %f\n", k, data[k], expected);
      MPI_Abort(MPI_COMM_WORLD, 1);
    }
  }
}

static void run(float *data, long count, int iterations, double *seconds) {
  int rank, ranks;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  for (int i = 0; i < iterations; i++) {
    int value = i % VALUES + 1;
    fill(data, count, value * (rank + 1));
    MPI_Barrier(MPI_COMM_WORLD);
    double start = MPI_Wtime();
    MPI_Allreduce(MPI_IN_PLACE, data, (int)count, MPI_FLOAT, MPI_SUM, MPI_COMM_WORLD);
    seconds[i] = MPI_Wtime() - start;
    check(data, count, value * (ranks * (ranks + 1) / 2), ranks);
  }
}

int main(int argc, char **argv) {
  MPI_Init(&argc, &argv);
  int rank;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  for (int i = 1; i < argc; i++) {
    long bytes;
    int iterations;
    if (sscanf(argv[i], "%ld:%d", &bytes, &iterations) != 2 || bytes < 4 || iterations < 1) {
      fprintf(stderr, "not BYTES:ITERATIONS: %s\n", argv[i]);
      MPI_Abort(MPI_COMM_WORLD, 2);
    }
    float *data = aligned_alloc(64, (size_t)(bytes + 63) / 64 * 64);
    double *seconds = malloc(sizeof(double) * (size_t)iterations);
    if (data == NULL || seconds == NULL) {
      fprintf(stderr, "not enough memory for %ld bytes\n", bytes);
      MPI_Abort(MPI_COMM_WORLD, 4);
    }
    long count = bytes / (long)sizeof(float);
    run(data, count, (iterations + 9) / 10, seconds);
    run(data, count, iterations, seconds);
    qsort(seconds, (size_t)iterations, sizeof(double), compare);
    if (rank == 0) {
      printf("%ld %.9f\n", bytes, seconds[iterations / 2]);
      fflush(stdout);
    }
    free(seconds);
    free(data);
  }
  MPI_Finalize();
  return 0;
}
