package dev.troupe.deploy.api;

import com.google.gson.JsonObject;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.util.ByteString;

/** The forms of the API's answers. */
final class Answers {
  private static final org.apache.pekko.http.javadsl.model.ContentType PROMETHEUS =
      ContentTypes.parse("text/plain; version=0.0.4; charset=utf-8");

  private Answers() {}

  static HttpResponse json(int code, String text) {
    return HttpResponse.create()
        .withStatus(code)
        .withEntity(ContentTypes.APPLICATION_JSON, ByteString.fromString(text));
  }

  static HttpResponse error(int code, String message) {
    JsonObject error = new JsonObject();
    error.addProperty("error", message);
    return json(code, error + "\n");
  }

  static HttpResponse unauthorized() {
    return error(401, "a bearer token is needed")
        .addHeader(RawHeader.create("WWW-Authenticate", "Bearer"));
  }

  static HttpResponse wrongMethod(String right) {
    return error(405, "use " + right).addHeader(RawHeader.create("Allow", right));
  }

  static HttpResponse metrics(String text) {
    return HttpResponse.create().withEntity(PROMETHEUS, ByteString.fromString(text));
  }
}
