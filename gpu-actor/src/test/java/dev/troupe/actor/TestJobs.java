package dev.troupe.actor;

import dev.troupe.proto.config.JobConfig;
import dev.troupe.proto.spec.JobSpec;

/** A job of which nothing but its presence is asked. */
final class TestJobs {
  private TestJobs() {}

  static JobSpec job() {
    return JobConfig.parse("run.name = test");
  }
}
