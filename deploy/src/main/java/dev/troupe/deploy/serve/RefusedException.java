package dev.troupe.deploy.serve;

/** A request is answered with an error. */
final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Refusal refusal;

  RefusedException(Refusal refusal) {
    super(refusal.message(), null, false, false); // told to the caller, who has no use for a trace
    this.refusal = refusal;
  }

  Refusal refusal() {
    return refusal;
  }
}
