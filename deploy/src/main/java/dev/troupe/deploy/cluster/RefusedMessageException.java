package dev.troupe.deploy.cluster;

import java.io.NotSerializableException;

/** A message without the cluster's seal. It has no stack trace: strangers could ask for many. */
final class RefusedMessageException extends NotSerializableException {
  private static final long serialVersionUID = 1L;

  RefusedMessageException(String what) {
    super("message (" + what + ") from a peer without this cluster's secret");
  }

  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
