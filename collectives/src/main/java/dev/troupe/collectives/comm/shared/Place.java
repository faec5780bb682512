package dev.troupe.collectives.comm.shared;

/**
 * Where bytes lie in the shared memory of a process.
 *
 * @param number number of the file, from 1
 * @param offset first byte in it
 */
record Place(long number, long offset) {}
