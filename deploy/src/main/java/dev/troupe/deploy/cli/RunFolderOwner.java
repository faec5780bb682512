package dev.troupe.deploy.cli;

import java.nio.file.Path;
import java.util.Optional;

/** A verb that works on a run, in whose folder details of a failure belong. */
interface RunFolderOwner {
  /** The run's folder, once it is known. */
  Optional<Path> runFolder();
}
