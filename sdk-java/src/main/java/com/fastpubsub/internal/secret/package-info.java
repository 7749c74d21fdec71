/** Texts that cannot be printed by accident. */
@NullMarked
package com.fastpubsub.internal.secret;

import org.jspecify.annotations.NullMarked;
