package dev.troupe.deploy.dist;

import java.io.PrintWriter;

/**
 * Says what is being done.
 *
 * @param out where to
 */
record Progress(PrintWriter out) {
  void say(String text) {
    out.println("dist: " + text);
    out.flush();
  }
}
