package dev.troupe.collectives.comm.link;

/** A hello was not accepted. */
final class RefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Answer answer;

  RefusedException(Answer answer) {
    super(answer.meaning());
    this.answer = answer;
  }

  Answer answer() {
    return answer;
  }
}
