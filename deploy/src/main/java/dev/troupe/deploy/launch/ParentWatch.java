package dev.troupe.deploy.launch;

import java.io.IOException;
import java.io.InputStream;

/**
 * The tie of a node to the process that started it: its standard input. When that ends, the parent
 * is gone, and the node ends at once; so do its worker processes and its media driver, which watch
 * the node in the same way.
 */
final class ParentWatch {
  private static final int LONGEST_LINE = 4_096;

  private ParentWatch() {}

  /** The first line of standard input. */
  static String firstLine() {
    StringBuilder line = new StringBuilder();
    try {
      int c;
      while ((c = System.in.read()) >= 0 && c != '\n' && line.length() < LONGEST_LINE) {
        line.append((char) c);
      }
    } catch (IOException e) {
      return "";
    }
    return line.toString().strip();
  }

  /** Watches from now on, where {@code child}. */
  static void startIf(boolean child, RuntimeFolder folder) {
    if (child) {
      Thread.ofPlatform().daemon().name("parent-watch").start(() -> watch(folder));
    }
  }

  private static void watch(RuntimeFolder folder) {
    InputStream in = System.in;
    try {
      while (in.read() >= 0) {
        // Nothing is sent but the end.
      }
    } catch (IOException e) {
      // The end, too.
    }
    System.err.println("the process that started this node is gone");
    folder.close();
    Runtime.getRuntime().halt(5);
  }
}
