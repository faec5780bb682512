/** Native encoders: those of Hugging Face and SentencePiece, as Deep Java Library packs them. */
@NullMarked
package dev.troupe.data.djl;

import org.jspecify.annotations.NullMarked;
