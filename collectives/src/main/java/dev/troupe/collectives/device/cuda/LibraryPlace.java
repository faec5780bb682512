package dev.troupe.collectives.device.cuda;

/** The kinds of places that libraries are looked for in, in the order of the search. */
public enum LibraryPlace {
  CONFIGURED("the configured folder"),
  PYTHON("a Python environment's wheels"),
  LIBRARY_PATH("LD_LIBRARY_PATH"),
  LOADER_CACHE("the system loader's cache"),
  USUAL_FOLDER("the system's usual folders");

  private final String text;

  LibraryPlace(String text) {
    this.text = text;
  }

  /** For messages. */
  @Override
  public String toString() {
    return text;
  }
}
