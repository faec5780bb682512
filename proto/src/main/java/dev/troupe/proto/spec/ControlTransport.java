package dev.troupe.proto.spec;

/** How nodes talk. The names in a job file have dashes: {@code aeron-udp}. */
public enum ControlTransport {
  /** Aeron over UDP: the default between trusted hosts. */
  AERON_UDP,
  /** Plain TCP. */
  TCP,
  /** TCP with mutual TLS: the only one that encrypts. */
  TLS_TCP
}
