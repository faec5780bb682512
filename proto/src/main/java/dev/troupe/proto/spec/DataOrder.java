package dev.troupe.proto.spec;

/** In which order the samples of an epoch are read. */
public enum DataOrder {
  SEQUENTIAL,
  SHUFFLED
}
