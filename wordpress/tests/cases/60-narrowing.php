<?php

const OTHER = '99999999-9999-4999-8999-999999999999';

function draft( $login, $status = 'draft', $title = 'A post' ) {
	return World::inside( "return wp_insert_post( array( 'post_title' => '$title', 'post_content' => 'x', 'post_status' => '$status', 'post_author' => get_user_by( 'login', '$login' )->ID ) );" );
}
function refused( $code, $answer, $what = '' ) {
	same( array( 403, $code ), array( $answer->status, $answer->json['code'] ?? $answer->body ), $what );
}

test( 'narrowing P9: an administrator’s credential has three capabilities', function () {
	fresh();
	$me = call( credential( 'adam' ), 'GET', '/wp/v2/users/me?context=edit' );
	same( 200, $me->status );
	same( array( 'adam', array( 'administrator' ) ), array( $me->json['username'], $me->json['roles'] ) );
	$has = array_keys( array_filter( $me->json['capabilities'] ) );
	sort( $has );
	same( array( 'edit_posts', 'read', 'upload_files' ), $has );
	$me  = call( credential( 'carl' ), 'GET', '/wp/v2/users/me?context=edit' );
	$has = array_keys( array_filter( $me->json['capabilities'] ) );
	sort( $has );
	same( array( 'edit_posts', 'read' ), $has, 'nobody gains a capability' );
	$every = World::inside(
		'$made = WP_Application_Passwords::get_user_application_passwords( $u = get_user_by( "login", "adam" )->ID )[0]; do_action( "application_password_did_authenticate", get_user_by( "id", $u ), $made ); wp_set_current_user( $u );
		return array_values( array_filter( array_merge( array_keys( wp_roles()->roles["administrator"]["capabilities"] ), array( "administrator", "unfiltered_html", "edit_post_meta", "manage_categories" ) ), fn( $c ) => current_user_can( $c, 1 ) ) );'
	);
	sort( $every );
	same( array( 'edit_posts', 'read', 'upload_files' ), $every );
} );
test( 'narrowing: drafts can be made, read and changed', function () {
	$adam = credential( 'adam' );
	$made = call( $adam, 'POST', '/wp/v2/posts', array( 'title' => 'From the chat', 'content' => '<p>hello</p><script>alert(1)</script>' ) );
	same( array( 201, 'draft' ), array( $made->status, $made->json['status'] ), $made->body );
	holds( ! str_contains( $made->json['content']['raw'], '<script>' ), 'an administrator’s chat may write scripts' );
	$id = $made->json['id'];
	same( 'Better', call( $adam, 'POST', "/wp/v2/posts/$id", array( 'title' => 'Better', 'status' => 'pending' ) )->json['title']['raw'] );
	foreach ( array( '/wp/v2/posts', '/wp/v2/posts?status=draft&context=edit', "/wp/v2/posts/$id?context=edit", '/wp/v2/categories', '/wp/v2/tags', '/wp/v2/users/me/application-passwords/introspect' ) as $path ) {
		same( 200, call( $adam, 'GET', $path )->status, $path );
	}
	$image = base64_decode( 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==' );
	$file  = call( $adam, 'POST', '/wp/v2/media', $image, array( 'Content-Type: image/png', 'Content-Disposition: attachment; filename="dot.png"' ) );
	same( 201, $file->status, $file->body );
	same( 200, call( $adam, 'POST', "/wp/v2/posts/$id", array( 'featured_media' => $file->json['id'] ) )->status );
} );
test( 'narrowing: only drafts, only one’s own', function () {
	$adam = credential( 'adam' );
	foreach ( array( 'publish', 'future', 'private', 'trash', 'inherit', array( 'publish' ) ) as $status ) {
		refused( 'slipway_drafts_only', call( $adam, 'POST', '/wp/v2/posts', array( 'title' => 'x', 'status' => $status ) ), json_encode( $status ) );
	}
	refused( 'slipway_drafts_only', call( $adam, 'POST', '/wp/v2/posts?status=publish', array( 'title' => 'x' ) ), 'in the query' );
	refused( 'slipway_drafts_only', call( $adam, 'POST', '/wp/v2/media?status=private', 'x', array( 'Content-Disposition: attachment; filename="a.png"', 'Content-Type: image/png' ) ), 'a private file' );
	$own = draft( 'adam' );
	refused( 'slipway_drafts_only', call( $adam, 'POST', "/wp/v2/posts/$own", array( 'status' => 'publish' ) ) );
	foreach ( array( 'publish', 'private', 'future', 'trash' ) as $status ) {
		$post = draft( 'adam', 'future' === $status ? 'draft' : $status );
		if ( 'future' === $status ) {
			World::inside( "return wp_update_post( array( 'ID' => $post, 'post_status' => 'future', 'post_date' => '2050-01-01 00:00:00', 'post_date_gmt' => '2050-01-01 00:00:00', 'edit_date' => true ) );" );
		}
		refused( 'slipway_drafts_only', call( $adam, 'POST', "/wp/v2/posts/$post", array( 'title' => 'changed' ) ), "a $status post" );
		refused( 'slipway_drafts_only', call( $adam, 'POST', "/wp/v2/posts/$post", array( 'status' => 'draft' ) ), "a $status post made a draft" );
	}
	$theirs = draft( 'anna', 'draft', 'Secret of Anna' );
	refused( 'slipway_not_allowed', call( $adam, 'POST', "/wp/v2/posts/$theirs", array( 'title' => 'changed' ) ) );
	same( 403, call( $adam, 'GET', "/wp/v2/posts/$theirs" )->status );
	holds( ! str_contains( call( $adam, 'GET', '/wp/v2/posts?status=draft,publish&per_page=100' )->body, 'Secret of Anna' ), 'other people’s drafts are listed' );
	same( 403, call( $adam, 'POST', '/wp/v2/posts', array( 'title' => 'x', 'author' => 1 ) )->status, 'as somebody else' );
	same( 404, call( $adam, 'POST', '/wp/v2/posts/999999', array( 'title' => 'x' ) )->status );
} );
test( 'narrowing: every other route is refused, however it is spelled', function () {
	$adam = credential( 'adam' );
	$own  = draft( 'adam' );
	$json = array( 'title' => 'x' );
	foreach (
		array(
			array( 'GET', '/wp/v2/users' ), array( 'GET', '/wp/v2/users/1' ), array( 'POST', '/wp/v2/users', $json ), array( 'POST', '/wp/v2/users/me', array( 'email' => 'x@example.org' ) ),
			array( 'GET', '/wp/v2/settings' ), array( 'POST', '/wp/v2/settings', $json ), array( 'GET', '/wp/v2/plugins' ), array( 'GET', '/wp/v2/media' ), array( 'GET', '/' ), array( 'GET', '/wp/v2' ),
			array( 'GET', '/wp/v2/users/me/application-passwords' ), array( 'POST', '/wp/v2/users/me/application-passwords', array( 'name' => 'more' ) ), array( 'DELETE', '/wp/v2/users/me/application-passwords' ),
			array( 'DELETE', "/wp/v2/posts/$own" ), array( 'PUT', "/wp/v2/posts/$own", $json ), array( 'PATCH', "/wp/v2/posts/$own", $json ), array( 'OPTIONS', '/wp/v2/posts' ),
			array( 'GET', "/wp/v2/posts/$own/revisions" ), array( 'POST', "/wp/v2/posts/$own/autosaves", $json ), array( 'POST', '/wp/v2/pages', $json ), array( 'POST', '/wp/v2/categories', array( 'name' => 'x' ) ), array( 'POST', '/wp/v2/comments', $json ),
			array( 'POST', '/batch/v1', array( 'requests' => array( array( 'method' => 'POST', 'path' => '/wp/v2/posts', 'body' => $json ) ) ) ),
			array( 'GET', '/WP/v2/users' ), array( 'GET', '/wp/v2/Posts' ), array( 'GET', '/?rest_route=/wp/v2/users' ), array( 'DELETE', "/?rest_route=/wp/v2/posts/$own" ), array( 'GET', '/wp/v2/posts?rest_route=/wp/v2/users' ),
			array( 'POST', "/wp/v2/posts/$own?_method=DELETE", $json ), array( 'POST', '/wp/v2/users/me/application-passwords?_method=delete', $json ), array( 'GET', '/wp/v2/nothing-here' ), array( 'GET', '/slipway/v1/status' ),
		) as $try
	) {
		$answer = call( $adam, $try[0], $try[1], $try[2] ?? null );
		if ( '/wp/v2/posts?rest_route=/wp/v2/users' === $try[1] ) {
			// WordPress takes one of the two; whichever it is, no people come out.
			holds( ! str_contains( $answer->body, '"slug":"keeper"' ), 'people come out' );
			continue;
		}
		refused( 'slipway_not_allowed', $answer, "$try[0] $try[1]" );
	}
	refused( 'slipway_not_allowed', call( $adam, 'POST', "/wp/v2/posts/$own", $json, array( 'X-HTTP-Method-Override: DELETE' ) ) );
	refused( 'slipway_drafts_only', call( $adam, 'GET', '/wp/v2/posts?_method=POST&status=publish&title=x' ) );
	refused( 'slipway_drafts_only', call( $adam, 'GET', '/wp/v2/posts?status=publish&title=x', null, array( 'X-HTTP-Method-Override: POST' ) ) );
	holds( ! str_contains( call( $adam, 'GET', '/wp/v2/posts?_embed=1&per_page=100' )->body, 'adam@example.org' ), 'embedding passes by' );
	same( 'draft', World::inside( "return get_post_status( $own );" ) );
} );
test( 'narrowing: not outside of REST, and XML-RPC is shut for all', function () {
	$adam = credential( 'adam' );
	$xml  = call( $adam, 'POST', '/xmlrpc.php', "<?xml version=\"1.0\"?><methodCall><methodName>wp.getUsersBlogs</methodName><params><param><value>$adam[0]</value></param><param><value>$adam[1]</value></param></params></methodCall>", array( 'Content-Type: text/xml' ) );
	same( 403, $xml->status );
	same( 302, call( $adam, 'GET', '/?go' )->go( '/wp-admin/index.php', null, array( 'Authorization: Basic ' . base64_encode( "$adam[0]:$adam[1]" ) ) )->status );
	same( 200, ( new Browser() )->login( $adam[0], $adam[1] )->status, 'it is no login' );
	$open = World::inside( 'add_filter( "application_password_is_api_request", "__return_true" ); $r = wp_authenticate_application_password( null, ' . var_export( $adam[0], true ) . ', ' . var_export( $adam[1], true ) . ' ); return is_wp_error( $r ) ? $r->get_error_code() : "in";' );
	same( 'slipway_not_allowed', $open );
} );
test( 'narrowing: a credential removes itself and its like, never another', function () {
	fresh();
	$one   = credential( 'adam' );
	$two   = credential( 'adam' );
	$other = credential( 'adam', OTHER );
	refused( 'slipway_not_allowed', call( $one, 'DELETE', "/wp/v2/users/me/application-passwords/$other[2]" ) );
	same( 200, call( $one, 'DELETE', "/wp/v2/users/me/application-passwords/$two[2]" )->status );
	same( 404, call( $one, 'DELETE', "/wp/v2/users/me/application-passwords/$two[2]" )->status );
	same( true, call( $one, 'DELETE', "/wp/v2/users/me/application-passwords/$one[2]" )->json['deleted'] );
	same( 401, call( $one, 'GET', '/wp/v2/users/me' )->status );
	same( array( OTHER . " $other[2]" ), passwords( 'adam' ) );
} );
test( 'narrowing: the credential of any other application is untouched', function () {
	$other = credential( 'adam', OTHER );
	foreach ( array( '/wp/v2/users', '/wp/v2/settings', '/wp/v2/users/me/application-passwords', '/wp/v2/plugins' ) as $path ) {
		same( 200, call( $other, 'GET', $path )->status, $path );
	}
	$post = call( $other, 'POST', '/wp/v2/posts', array( 'title' => 'x', 'status' => 'publish', 'slipway_key' => 'ignored' ) );
	same( array( 201, 'publish' ), array( $post->status, $post->json['status'] ) );
	same( 200, call( $other, 'DELETE', '/wp/v2/posts/' . $post->json['id'] )->status );
	$me = call( $other, 'GET', '/wp/v2/users/me?context=edit' );
	same( true, $me->json['capabilities']['manage_options'] );
	same( true, World::inside( '$m = WP_Application_Passwords::create_new_application_password( 1, array( "name" => "no app" ) ); return ! Slipway_Guard\Credential::made( $m[1] ) && ! Slipway_Guard\Credential::made( null );' ) );
} );
test( 'narrowing: a token endpoint of another plugin does not exist', function () {
	$file = World::$dir . '/site/wp-content/mu-plugins/000-jwt.php';
	file_put_contents( $file, '<?php add_action( "rest_api_init", function () { register_rest_route( "jwt-auth/v1", "/token", array( "methods" => "POST", "callback" => "__return_true", "permission_callback" => "__return_true" ) ); } );' );
	same( 404, ( new Browser() )->go( '/wp-json/jwt-auth/v1/token', '{}' )->status );
	unlink( $file );
} );
test( 'key P15: the same key makes one draft, however often and by whomever at once', function () {
	fresh();
	$anna = credential( 'anna' );
	$key  = bin2hex( random_bytes( 32 ) );
	$made = call( $anna, 'POST', '/wp/v2/posts', array( 'title' => 'Once', 'content' => 'a', 'slipway_key' => $key ) );
	same( 201, $made->status );
	$again = call( $anna, 'POST', '/wp/v2/posts', array( 'title' => 'Twice', 'content' => 'b', 'slipway_key' => $key ) );
	same( array( 200, $made->json['id'], 'Once' ), array( $again->status, $again->json['id'], $again->json['title']['raw'] ) );
	same( $key, World::inside( 'return get_post_meta( ' . $made->json['id'] . ', "_slipway_key", true );' ) );
	holds( ! str_contains( $again->body, $key ), 'the key is shown' );
	holds( $made->json['id'] !== call( $anna, 'POST', '/wp/v2/posts', array( 'title' => 'Other', 'slipway_key' => strrev( $key ) ) )->json['id'], 'another key' );
	$erik = call( credential( 'erik' ), 'POST', '/wp/v2/posts', array( 'title' => 'Erik', 'slipway_key' => $key ) );
	same( 201, $erik->status, 'the same key of another person' );
	World::inside( 'return wp_publish_post( ' . $made->json['id'] . ' );' );
	same( array( 200, 'publish' ), array( ( $a = call( $anna, 'POST', '/wp/v2/posts', array( 'title' => 'x', 'slipway_key' => $key ) ) )->status, $a->json['status'] ), 'published in between' );
	foreach ( array( 'short', strtoupper( $key ), 7, array( $key ), "$key\n" ) as $bad ) {
		same( 400, call( $anna, 'POST', '/wp/v2/posts', array( 'title' => 'x', 'slipway_key' => $bad ) )->status, json_encode( $bad ) );
	}
	$many = curl_multi_init();
	$tabs = array();
	$key  = bin2hex( random_bytes( 32 ) );
	for ( $i = 0; $i < 4; $i++ ) {
		$tabs[ $i ] = curl_init( World::$site_url . '/wp-json/wp/v2/posts' );
		curl_setopt_array( $tabs[ $i ], array( CURLOPT_RETURNTRANSFER => true, CURLOPT_USERPWD => "$anna[0]:$anna[1]", CURLOPT_HTTPHEADER => array( 'Content-Type: application/json' ), CURLOPT_POSTFIELDS => json_encode( array( 'title' => 'Race', 'slipway_key' => $key ) ) ) );
		curl_multi_add_handle( $many, $tabs[ $i ] );
	}
	do {
		curl_multi_exec( $many, $running );
		curl_multi_select( $many, 0.2 );
	} while ( $running );
	$codes = array_map( static fn( $tab ) => curl_getinfo( $tab, CURLINFO_RESPONSE_CODE ), $tabs );
	sort( $codes );
	same( array( 200, 200, 200, 201 ), $codes );
	same( '1', World::inside( 'global $wpdb; return $wpdb->get_var( "SELECT COUNT(*) FROM $wpdb->posts WHERE post_title = \'Race\'" );' ) );
} );
test( 'narrowing: a tag may be made, by its name and nothing else', function () {
	$anna = credential( 'anna' );
	$made = call( $anna, 'POST', '/wp/v2/tags', array( 'name' => 'Slow food' ) );
	same( array( 201, 'Slow food' ), array( $made->status, $made->json['name'] ?? $made->body ) );
	$again = call( $anna, 'POST', '/?rest_route=/wp/v2/tags&_fields=id', array( 'name' => 'slow food' ) );
	same( array( 400, 'term_exists', $made->json['id'] ), array( $again->status, $again->json['code'], $again->json['data']['term_id'] ?? null ) );
	foreach (
		array(
			array( 'POST', '/wp/v2/tags', array( 'name' => 'x', 'description' => 'y' ) ),
			array( 'POST', '/wp/v2/tags?slug=y', array( 'name' => 'x' ) ),
			array( 'POST', '/wp/v2/tags', array( 'name' => 'x', 'meta' => array( 'a' => 1 ) ) ),
			array( 'POST', '/wp/v2/tags/' . $made->json['id'], array( 'name' => 'x' ) ),
			array( 'DELETE', '/wp/v2/tags/' . $made->json['id'] . '?force=true' ),
			array( 'POST', '/wp/v2/categories', array( 'name' => 'x' ) ),
		) as $try
	) {
		same( 403, call( $anna, ...$try )->status, json_encode( $try ) );
	}
	World::inside( 'foreach ( get_terms( array( "taxonomy" => "post_tag", "hide_empty" => false ) ) as $t ) { wp_delete_term( $t->term_id, "post_tag" ); } return 1;' );
} );
