package dev.troupe.collectives.comm.link;

import io.aeron.driver.MediaDriver;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The contract over Aeron, with one media driver that all processes of the host share. */
final class AeronLinkTest extends LinkContract {
  @TempDir static Path directory;
  private static MediaDriver driver;

  @BeforeAll
  static void startDriver() {
    driver = Planes.driver(directory);
  }

  @AfterAll
  static void stopDriver() {
    driver.close();
  }

  @Override
  Planes.Transport transport() {
    return Planes.aeron(driver);
  }
}
