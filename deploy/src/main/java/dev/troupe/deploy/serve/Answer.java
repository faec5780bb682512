package dev.troupe.deploy.serve;

import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.HttpResponse;

/** What the texts of one request become. */
interface Answer {
  /**
   * Who waits for one of the texts.
   *
   * @param index which of the request's, from 0
   * @param beginning what the text begins with: its prompt, or nothing
   */
  TextEngine.Caller caller(int index, String beginning);

  /** What goes to whoever asked; to be called when all callers are made. */
  CompletionStage<HttpResponse> response();
}
