package dev.troupe.deploy.chaos.engine;

import java.util.ArrayList;
import java.util.List;

/**
 * What is to be seen of a transition.
 *
 * @param marks moments that it reaches
 * @param signs what it noticed
 * @param committed last committed step
 * @param ordered last step that ranks were told to prepare in it; 0: none
 * @param fleet the processes
 */
record Sighting(List<Mark> marks, List<Sign> signs, long committed, long ordered, Fleet fleet) {
  Sighting {
    marks = List.copyOf(marks);
    signs = List.copyOf(signs);
  }

  /** With one more sign. */
  Sighting plus(Sign sign) {
    List<Sign> all = new ArrayList<>(signs);
    all.add(sign);
    return new Sighting(marks, all, committed, ordered, fleet);
  }
}
