/** Frames of the session protocol, as values and as bytes. */
@NullMarked
package com.fastpubsub.internal.wire;

import org.jspecify.annotations.NullMarked;
