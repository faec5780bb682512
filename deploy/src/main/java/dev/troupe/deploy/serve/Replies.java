package dev.troupe.deploy.serve;

import com.google.gson.JsonObject;
import org.apache.pekko.http.javadsl.model.ContentType;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;

/** The forms of the server's answers. */
final class Replies {
  private static final ContentType EVENTS = ContentTypes.parse("text/event-stream");
  private static final int BUSY = 429;
  private static final String RETRY_SECONDS = "1";

  private Replies() {}

  static HttpResponse json(int status, JsonObject tree) {
    return HttpResponse.create()
        .withStatus(status)
        .withEntity(ContentTypes.APPLICATION_JSON, ByteString.fromString(tree + "\n"));
  }

  static HttpResponse refused(Refusal why) {
    HttpResponse response = json(why.status(), why.json());
    return switch (why.status()) {
      case 401 -> response.addHeader(RawHeader.create("WWW-Authenticate", "Bearer"));
      case BUSY -> response.addHeader(RawHeader.create("Retry-After", RETRY_SECONDS));
      default -> response;
    };
  }

  static HttpResponse wrongMethod(String right) {
    return refused(Refusal.request(405, "use " + right))
        .addHeader(RawHeader.create("Allow", right));
  }

  static HttpResponse events(Source<ByteString, ?> events) {
    return HttpResponse.create()
        .addHeader(RawHeader.create("Cache-Control", "no-cache"))
        .withEntity(HttpEntities.createChunked(EVENTS, events));
  }
}
