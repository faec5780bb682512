package dev.troupe.collectives.comm.link;

/** A link ended; the message names the peer and is fit for people. */
final class LinkException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LinkException(String message) {
    super(message);
  }

  LinkException(String message, Throwable cause) {
    super(message, cause);
  }
}
