package dev.troupe.actor;

import dev.troupe.collectives.mesh.Placement;
import dev.troupe.collectives.mesh.Site;
import dev.troupe.proto.message.MeshJob;

/** Where ranks are, from the message that says it to what communicators take. */
final class Placements {
  private Placements() {}

  static Placement of(MeshJob job) {
    return new Placement(
        job.token(),
        job.sites().stream()
            .map(
                site -> new Site(site.host(), site.process(), site.endpoint(), site.ranks().list()))
            .toList());
  }
}
