package dev.troupe.collectives.comm.link;

/** Ranks called operations that do not fit together; nothing was written. */
final class DisagreementException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  DisagreementException(String message) {
    super(message);
  }
}
