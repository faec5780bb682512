package dev.troupe.deploy.files;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Reads Kubernetes objects; a field that their kind does not have is an error. */
final class StrictYaml {
  private static final List<Class<? extends HasMetadata>> KINDS =
      List.of(
          ConfigMap.class,
          NetworkPolicy.class,
          PersistentVolumeClaim.class,
          Secret.class,
          Service.class,
          ServiceAccount.class,
          StatefulSet.class);

  private static final ObjectMapper MAPPER =
      new ObjectMapper(new YAMLFactory())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .setAnnotationIntrospector(new NothingAdditional());

  private StrictYaml() {}

  /** The model's classes keep unknown fields in a map of their own; here they may not. */
  private static final class NothingAdditional extends JacksonAnnotationIntrospector {
    private static final long serialVersionUID = 1L;

    @Override
    public Boolean hasAnySetter(Annotated member) {
      return false;
    }
  }

  /** All objects of a text of several documents. */
  static List<HasMetadata> read(String text) throws IOException {
    List<HasMetadata> objects = new ArrayList<>();
    try (MappingIterator<JsonNode> documents = MAPPER.readerFor(JsonNode.class).readValues(text)) {
      while (documents.hasNext()) {
        JsonNode document = documents.next();
        String kind = document.path("kind").asText();
        Class<? extends HasMetadata> type =
            KINDS.stream()
                .filter(each -> each.getSimpleName().equals(kind))
                .findAny()
                .orElseThrow(() -> new IOException("a kind that is not expected: " + kind));
        HasMetadata object = MAPPER.treeToValue(document, type);
        String version = document.path("apiVersion").asText();
        if (!type.getDeclaredConstructor().newInstance().getApiVersion().equals(version)) {
          throw new IOException(kind + " has apiVersion " + version);
        }
        objects.add(object);
      }
    } catch (ReflectiveOperationException e) {
      throw new IOException(e);
    }
    return objects;
  }
}
