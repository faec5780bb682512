package dev.troupe.proto.spec;

/** How tensors travel between hosts on the CPU backend. */
public enum DataTransport {
  /** One TCP connection a pair of ranks. */
  TCP,
  /** Aeron over UDP. */
  AERON_UDP
}
