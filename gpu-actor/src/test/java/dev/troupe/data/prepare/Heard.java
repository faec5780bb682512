package dev.troupe.data.prepare;

import java.util.ArrayList;
import java.util.List;

/** Keeps what a preparation tells. */
final class Heard implements PrepareListener {
  final List<String> skipped = new ArrayList<>();
  int resumed;

  @Override
  public void resumed(long documents, long tokens) {
    resumed++;
  }

  @Override
  public void skipped(String what) {
    skipped.add(what);
  }

  @Override
  public void progress(State state) {}
}
