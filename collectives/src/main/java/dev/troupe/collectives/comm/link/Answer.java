package dev.troupe.collectives.comm.link;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.ProtocolException;

/** What a listener says to a {@link Hello}: one byte on the wire. */
enum Answer {
  /** Heard; the rank has not yet opened its end. Another answer follows. */
  WAIT("waits"),
  ACCEPTED("accepted"),
  WRONG_TOKEN("it knows the epoch by another token"),
  OTHER_MEMBERS("it knows the group by other members"),
  EPOCH_ENDED("the epoch has ended there"),
  NOT_OPENED("its rank did not open the group in time"),
  SHUT_DOWN("it is shutting down");

  private final String meaning;

  Answer(String meaning) {
    this.meaning = meaning;
  }

  String meaning() {
    return meaning;
  }

  static Answer read(DataInputStream in) throws IOException {
    int code = in.readUnsignedByte();
    if (code >= values().length) {
      throw new ProtocolException("not a data-plane endpoint");
    }
    return values()[code];
  }
}
