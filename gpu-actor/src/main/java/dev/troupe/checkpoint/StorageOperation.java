package dev.troupe.checkpoint;

/** What a checkpoint does to the file system; a fault plan names its places by these. */
public enum StorageOperation {
  CREATE_FOLDER("create folder"),
  CREATE_FILE("create"),
  WRITE("write"),
  FORCE_FILE("make durable"),
  FORCE_FOLDER("make durable the entries of"),
  RENAME("rename"),
  DELETE("delete"),
  LIST("list"),
  SIZE("find the size of"),
  READ("read"),
  MAP("map");

  private final String verb;

  StorageOperation(String verb) {
    this.verb = verb;
  }

  /** The operation in words that a path can follow, as in "cannot ...". */
  public String verb() {
    return verb;
  }

  /** Whether the operation only looks. */
  public boolean readOnly() {
    return switch (this) {
      case LIST, SIZE, READ, MAP -> true;
      case CREATE_FOLDER, CREATE_FILE, WRITE, FORCE_FILE, FORCE_FOLDER, RENAME, DELETE -> false;
    };
  }
}
