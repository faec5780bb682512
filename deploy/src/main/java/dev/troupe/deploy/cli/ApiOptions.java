package dev.troupe.deploy.cli;

import dev.troupe.deploy.api.ApiAccess;
import dev.troupe.deploy.api.ApiClient;
import dev.troupe.deploy.api.ApiFile;
import dev.troupe.deploy.report.RunFolder;
import dev.troupe.proto.config.JobConfig;
import dev.troupe.proto.error.TroupeException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a verb reaches a run that is under way. */
public final class ApiOptions {
  private static final Path RUNS = Path.of("runs");

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "The run's API. Default: what its folder's api.json says.")
  private @Nullable String url;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "File with the API's token. Default: the job's api.token-file.")
  private @Nullable Path tokenFile;

  /** Asks something of a run. */
  @FunctionalInterface
  interface Call<T> {
    T on(ApiClient client) throws ApiClient.NobodyAnswers;
  }

  /**
   * Calls a run's API.
   *
   * @param run its name or folder; null: the one that started last
   * @throws TroupeException of category peer where nobody answers
   */
  <T> T call(@Nullable String run, Call<T> call) {
    if (url != null) {
      return callUrl(url, call);
    }
    Path folder = RunFinder.find(RUNS, run);
    ApiFile api =
        ApiFile.read(folder).orElseThrow(() -> silent(folder, "is not running, or has just begun"));
    if (!api.mayLive()) {
      throw silent(
          folder, "is not running (its process %d ended without a word)".formatted(api.pid()));
    }
    try (ApiClient client = new ApiClient(api.url(), token(folder))) {
      return call.on(client);
    } catch (ApiClient.NobodyAnswers e) {
      throw silent(
          folder,
          "does not answer: %s on host %s; where that is another host, call from there or give --url"
              .formatted(e.getMessage(), api.host()));
    }
  }

  private <T> T callUrl(String address, Call<T> call) {
    String token = tokenFile == null ? null : ApiAccess.readToken(tokenFile);
    try (ApiClient client = new ApiClient(address, token)) {
      return call.on(client);
    } catch (ApiClient.NobodyAnswers e) {
      throw TroupeException.peer(
          e.getMessage() + "; is the run under way, and the address (--url) right?");
    }
  }

  private @Nullable String token(Path folder) {
    return Optional.ofNullable(tokenFile)
        .or(() -> tokenOfJob(folder))
        .map(ApiAccess::readToken)
        .orElse(null);
  }

  private static Optional<Path> tokenOfJob(Path folder) {
    try {
      return Optional.ofNullable(
              JobConfig.load(new RunFolder(folder).job(), List.of()).cluster().api().tokenFile())
          .map(Path::of);
    } catch (TroupeException e) {
      return Optional.empty(); // a job of another version: the option is left
    }
  }

  private static TroupeException silent(Path folder, String what) {
    return TroupeException.peer(
        "run %s %s; %s".formatted(folder.getFileName(), what, LastState.words(folder)));
  }
}
