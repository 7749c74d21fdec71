/** Where access tokens come from and when a fresh one is due. */
@NullMarked
package com.fastpubsub.internal.credential;

import org.jspecify.annotations.NullMarked;
