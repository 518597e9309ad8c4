<?php
/** A change by the chat loses nothing; a picture comes once and is one. */

const VIDEO = "<!-- wp:html -->\n<iframe src=\"https://video.example/1\"></iframe>\n<!-- /wp:html -->";
const WORDS = "<!-- wp:paragraph -->\n<p>Flour.</p>\n<!-- /wp:paragraph -->";

/** A draft of somebody with this very text, past all filters. */
function stored_draft( $login, $text ) {
	return World::inside( 'kses_remove_filters(); return wp_insert_post( wp_slash( array( "post_title" => "t", "post_author" => get_user_by( "login", ' . var_export( $login, true ) . ' )->ID, "post_content" => ' . var_export( $text, true ) . ' ) ) );' );
}
function stored_text( $id ) {
	return World::inside( "return get_post( $id )->post_content;" );
}
function revisions( $id ) {
	return World::inside( "return array_values( array_map( fn( \$r ) => \$r->post_content, wp_get_post_revisions( $id ) ) );" );
}
/** A change of the text `$old` into pieces; those of `$old` are carried over. */
function change( $who, $id, $old, $pieces, $more = array() ) {
	$kept = array();
	$text = '';
	foreach ( $pieces as $piece ) {
		$text .= '' === $text ? '' : "\n\n";
		$there = strpos( $old, $piece );
		if ( false !== $there ) {
			$kept[] = array( strlen( $text ), $there, strlen( $piece ) );
		}
		$text .= $piece;
	}
	return call( $who, 'POST', "/wp/v2/posts/$id", $more + array( 'content' => $text, 'slipway_base' => hash( 'sha256', $old ), 'slipway_kept' => $kept ) );
}
test( 'change: what is carried over is as it was, and what is new is filtered', function () {
	$old    = VIDEO . "\n\n" . WORDS . "\n\n<!-- wp:group {\"a\":{},\"b\":1.0} -->\n<div class=\"wp-block-group\" style=\"color:rgb(1,2,3)\"></div>\n<!-- /wp:group -->";
	$group  = substr( $old, strpos( $old, '<!-- wp:group' ) );
	$id     = stored_draft( 'anna', $old );
	$script = "<!-- wp:paragraph -->\n<p>More.<script>alert(1)</script></p>\n<!-- /wp:paragraph -->";
	$made   = change( credential( 'anna' ), $id, $old, array( VIDEO, $script, $group ) );
	same( 200, $made->status, $made->body );
	$now = stored_text( $id );
	same( VIDEO . "\n\n<!-- wp:paragraph -->\n<p>More.alert(1)</p>\n<!-- /wp:paragraph -->\n\n" . $group, $now );
	same( $now, $made->json['content']['raw'] );
	holds( in_array( $old, revisions( $id ), true ) && in_array( $now, revisions( $id ), true ), 'a revision is not what was stored: ' . json_encode( revisions( $id ) ) );
	same( 200, call( credential( 'anna' ), 'POST', "/wp/v2/posts/$id", array( 'content' => VIDEO ) )->status );
	holds( ! str_contains( stored_text( $id ), 'iframe' ), 'without being carried over it is what this person may write' );
} );
test( 'change: each old text stays, the very first too', function () {
	$anna  = credential( 'anna' );
	$id    = call( $anna, 'POST', '/wp/v2/posts', array( 'title' => 'Bread', 'content' => WORDS ) )->json['id'];
	$texts = array( WORDS );
	foreach ( array( 'Water.', 'Salt.' ) as $word ) {
		$texts[] = str_replace( 'Flour.', $word, WORDS );
		same( 200, change( $anna, $id, $texts[ count( $texts ) - 2 ], array( end( $texts ) ) )->status );
	}
	same( array_reverse( $texts ), revisions( $id ) );
	call( $anna, 'POST', "/wp/v2/posts/$id", array( 'title' => 'Slow bread' ) );
	holds( in_array( 'Bread', World::inside( "return array_values( wp_list_pluck( wp_get_post_revisions( $id ), 'post_title' ) );" ), true ), 'the old title is gone' );
} );
test( 'change: what was made from an older text is refused', function () {
	$anna = credential( 'anna' );
	$id   = stored_draft( 'anna', WORDS );
	$mine = str_replace( 'Flour.', 'Written in the editor.', WORDS );
	World::inside( "wp_update_post( wp_slash( array( 'ID' => $id, 'post_content' => " . var_export( $mine, true ) . ' ) ) ); return 1;' );
	$late = change( $anna, $id, WORDS, array( WORDS, 'x' ) );
	same( array( 409, 'slipway_changed' ), array( $late->status, $late->json['code'] ) );
	foreach ( array( '', 'x', 7, array() ) as $base ) {
		same( 409, call( $anna, 'POST', "/wp/v2/posts/$id", array( 'content' => 'x', 'slipway_base' => $base ) )->status, json_encode( $base ) );
	}
	same( $mine, stored_text( $id ) );
	$theirs = stored_draft( 'erik', WORDS );
	same( 403, change( $anna, $theirs, WORDS, array( 'x' ) )->status );
} );
test( 'change: nothing is carried over that is not in both texts', function () {
	$anna = credential( 'anna' );
	$id   = stored_draft( 'anna', WORDS );
	$evil = '<iframe src="https://video.example/1"></iframe>';
	foreach ( array( array( array( 0, 0, strlen( $evil ) ) ), array( array( 0, 0, 999 ) ), array( array( -1, 0, 5 ) ), array( array( 0, -5, 5 ) ), array( array( 0, 0, 0 ) ), array( array( '0', 0, 5 ) ), array( array( 0, 0 ) ), 'all', array( 7 ) ) as $kept ) {
		$answer = call( $anna, 'POST', "/wp/v2/posts/$id", array( 'content' => $evil, 'slipway_base' => hash( 'sha256', WORDS ), 'slipway_kept' => $kept ) );
		same( array( 400, 'slipway_bad_kept' ), array( $answer->status, $answer->json['code'] ), json_encode( $kept ) );
	}
	same( 200, call( $anna, 'POST', "/wp/v2/posts/$id", array( 'content' => $evil . '<!-- wp:slipway/kept-0-0 /-->', 'slipway_base' => hash( 'sha256', WORDS ), 'slipway_kept' => array() ) )->status );
	holds( ! str_contains( stored_text( $id ), 'iframe' ), 'a frame came in' );
} );

/** Puts a file in, as the gateway does. */
function put( $who, $bytes, $query = '', $type = 'image/png' ) {
	return call( $who, 'POST', "/wp/v2/media$query", $bytes, array( "Content-Type: $type", 'Content-Disposition: attachment; filename="dot.png"' ) );
}
const DOT = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

test( 'key: the same key takes one picture, however often it is sent', function () {
	$anna = credential( 'anna' );
	$key  = bin2hex( random_bytes( 32 ) );
	$dot  = base64_decode( DOT );
	$made = put( $anna, $dot, "?slipway_key=$key&alt_text=A%20dot" );
	same( 201, $made->status, $made->body );
	$again = put( $anna, $dot, "?slipway_key=$key" );
	same( array( 200, $made->json['id'], $made->json['source_url'] ), array( $again->status, $again->json['id'], $again->json['source_url'] ), $again->body );
	same( 'A dot', $again->json['alt_text'] );
	holds( ! str_contains( $again->body, $key ), 'the key is shown' );
	same( 201, put( credential( 'erik' ), $dot, "?slipway_key=$key" )->status, 'the same key of another person' );
	same( 201, call( $anna, 'POST', '/wp/v2/posts', array( 'title' => 'x', 'slipway_key' => $key ) )->status, 'a draft is no picture' );
	same( 400, put( $anna, $dot, '?slipway_key=short' )->status );
	World::inside( 'return (bool) wp_delete_attachment( ' . $made->json['id'] . ', true );' );
	same( 201, put( $anna, $dot, "?slipway_key=$key" )->status, 'who threw it away gets a new one' );
} );
test( 'pictures: nothing but pictures, no larger than the plan allows, whichever way they come', function () {
	$anna = credential( 'anna' );
	$dot  = base64_decode( DOT );
	foreach ( array( 'a text' => 'hello', 'a GIF' => base64_decode( 'R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==' ), 'an SVG' => '<svg xmlns="http://www.w3.org/2000/svg"/>', 'nothing' => '' ) as $what => $bytes ) {
		same( array( 415, 'slipway_no_picture' ), array( ( $a = put( $anna, $bytes ) )->status, $a->json['code'] ), $what );
	}
	holds( 400 <= put( $anna, $dot, '?url=' . rawurlencode( World::$portal_url . '/x.png' ) )->status && ! calls( '/x.png' ), 'a link' );
	$form = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"dot.png\"\r\nContent-Type: image/png\r\n\r\n$dot\r\n--x--\r\n";
	same( 415, put( $anna, $form, '', 'multipart/form-data; boundary=x' )->status, 'a form' );
	// The head of a picture of 20,000 × 20,000 pixels, and nothing behind it.
	$head = substr( $dot, 0, 16 ) . pack( 'NN', 20000, 20000 ) . substr( $dot, 24 );
	same( array( 413, 'slipway_too_large' ), array( ( $a = put( $anna, $head ) )->status, $a->json['code'] ) );
	$limit = World::inside( 'return wp_max_upload_size();' );
	$other = credential( 'anna', OTHER );
	same( 201, put( $other, base64_decode( 'R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==' ), '', 'image/gif' )->status, 'another application may do what its person may' );
	same( 201, put( $other, str_pad( $dot, min( $limit, 100000 ), "\0" ) )->status );
	foreach ( array( $anna, $other ) as $who ) {
		same( 413, put( $who, str_pad( $dot, $limit + 1, "\0" ) )->status, 'larger than the plan allows' );
	}
} );

test( 'change: a change without a text leaves the stored one alone', function () {
	$id = stored_draft( 'anna', VIDEO . "\n\n" . WORDS );
	same( 200, call( credential( 'anna' ), 'POST', "/wp/v2/posts/$id", array( 'title' => 'Another' ) )->status );
	same( VIDEO . "\n\n" . WORDS, stored_text( $id ) );
} );

test( 'change: no tag is put together from pieces of others, nor opened by one and closed by another', function () {
	$old  = VIDEO . "\n\n" . WORDS;
	$id   = stored_draft( 'anna', $old );
	$new  = '<iframe src="https://other.example/"></iframe>';
	$kept = array();
	foreach ( array( '<', '>' ) as $sign ) {
		for ( $at = strpos( $new, $sign ); false !== $at; $at = strpos( $new, $sign, $at + 1 ) ) {
			$kept[] = array( $at, strpos( $old, $sign ), 1 );
		}
	}
	sort( $kept );
	call( credential( 'anna' ), 'POST', "/wp/v2/posts/$id", array( 'content' => $new, 'slipway_base' => hash( 'sha256', $old ), 'slipway_kept' => $kept ) );
	holds( ! str_contains( stored_text( $id ), '<iframe' ), stored_text( $id ) );
	$id   = stored_draft( 'anna', $old );
	$open = substr( VIDEO, strpos( VIDEO, '<iframe' ), strpos( VIDEO, '></iframe' ) + 1 - strpos( VIDEO, '<iframe' ) );
	change( credential( 'anna' ), $id, $old, array( $open, 'x', '</iframe>' ) );
	holds( ! str_contains( stored_text( $id ), '<iframe' ), stored_text( $id ) );
} );
