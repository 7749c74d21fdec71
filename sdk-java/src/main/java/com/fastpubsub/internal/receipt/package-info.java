/** The promise of a command's outcome. */
@NullMarked
package com.fastpubsub.internal.receipt;

import org.jspecify.annotations.NullMarked;
