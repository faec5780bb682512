package dev.troupe.data.bpe;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/**
 * The text of a Hugging Face {@code tokenizer.json} of a byte-level BPE tokenizer, which begins a
 * text with its first special token where asked for special tokens, as LLaMA's do. Merges are
 * written as one string, which every version of the {@code tokenizers} library reads.
 */
public final class BpeFile {
  private BpeFile() {}

  /** The file's text. */
  public static String write(BpeVocabulary vocabulary) {
    StringWriter text = new StringWriter();
    try (JsonWriter json = new JsonWriter(text)) {
      json.setIndent("  ");
      json.setHtmlSafe(false);
      json.beginObject();
      json.name("version").value("1.0");
      json.name("truncation").nullValue();
      json.name("padding").nullValue();
      json.name("added_tokens").beginArray();
      special(json, 0, vocabulary.bos());
      special(json, 1, vocabulary.eos());
      json.endArray();
      json.name("normalizer").nullValue();
      byteLevel(json.name("pre_tokenizer"));
      template(json.name("post_processor"), vocabulary.bos());
      byteLevel(json.name("decoder"));
      model(json.name("model"), vocabulary);
      json.endObject();
    } catch (IOException e) {
      throw new UncheckedIOException("a text in memory cannot fail", e);
    }
    return text.append('\n').toString();
  }

  private static void special(JsonWriter json, int id, String content) throws IOException {
    json.beginObject();
    json.name("id").value(id);
    json.name("content").value(content);
    for (String name : List.of("single_word", "lstrip", "rstrip", "normalized")) {
      json.name(name).value(false);
    }
    json.name("special").value(true);
    json.endObject();
  }

  private static void byteLevel(JsonWriter json) throws IOException {
    json.beginObject();
    json.name("type").value("ByteLevel");
    json.name("add_prefix_space").value(false);
    json.name("trim_offsets").value(true);
    json.name("use_regex").value(true);
    json.endObject();
  }

  private static void template(JsonWriter json, String bos) throws IOException {
    json.beginObject();
    json.name("type").value("TemplateProcessing");
    json.name("single").beginArray();
    piece(json, "SpecialToken", bos, 0);
    piece(json, "Sequence", "A", 0);
    json.endArray();
    json.name("pair").beginArray();
    piece(json, "SpecialToken", bos, 0);
    piece(json, "Sequence", "A", 0);
    piece(json, "SpecialToken", bos, 1);
    piece(json, "Sequence", "B", 1);
    json.endArray();
    json.name("special_tokens").beginObject().name(bos).beginObject();
    json.name("id").value(bos);
    json.name("ids").beginArray().value(0).endArray();
    json.name("tokens").beginArray().value(bos).endArray();
    json.endObject().endObject();
    json.endObject();
  }

  private static void piece(JsonWriter json, String kind, String id, int type) throws IOException {
    json.beginObject().name(kind).beginObject();
    json.name("id").value(id);
    json.name("type_id").value(type);
    json.endObject().endObject();
  }

  private static void model(JsonWriter json, BpeVocabulary vocabulary) throws IOException {
    json.beginObject();
    json.name("type").value("BPE");
    for (String name :
        List.of("dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix")) {
      json.name(name).nullValue();
    }
    for (String name : List.of("fuse_unk", "byte_fallback", "ignore_merges")) {
      json.name(name).value(false);
    }
    json.name("vocab").beginObject();
    for (int id = 0; id < vocabulary.tokens().size(); id++) {
      json.name(vocabulary.tokens().get(id)).value(id);
    }
    json.endObject();
    json.name("merges").beginArray();
    for (Map.Entry<String, String> merge : vocabulary.merges()) {
      json.value(merge.getKey() + " " + merge.getValue());
    }
    json.endArray();
    json.endObject();
  }
}
