<?php

/** A person comes in by SSO; their browser. */
function comes_in( $subject, $email, $role = 'author', $more = array() ) {
	$browser = sso( compact( 'subject', 'email', 'role' ) + $more );
	says( 'Dashboard', $browser->text() );
	return $browser;
}
/** Login, roles and address of whoever carries a subject. */
function bearer_of( $subject ) {
	return World::inside( 'foreach ( get_users( array( "meta_key" => "slipway_subject" ) ) as $u ) { if ( get_user_meta( $u->ID, "slipway_subject", true ) === ' . var_export( $subject, true ) . ' ) { return array( $u->user_login, $u->roles, $u->user_email ); } } return null;' );
}
/** A change of a person's own account by REST, with the cookie and nonce of their browser. */
function rest_me( $browser, $change ) {
	rest( $browser, 'PUT', '/users/me', $change );
	$browser->json = json_decode( $browser->body, true );
	return $browser;
}
/** A request by REST with the cookie and nonce of a browser. */
function rest( $browser, $method, $path, $body = array() ) {
	$nonce = $browser->go( '/wp-admin/admin-ajax.php?action=rest-nonce' )->body;
	return $browser->go( "/wp-json/wp/v2$path", json_encode( (object) $body ), array( 'Content-Type: application/json', "X-WP-Nonce: $nonce" ), $method );
}
/** Makes an account of the site itself. */
function local_account( $login, $email, $role ) {
	return World::inside( 'return wp_insert_user( array( "user_login" => ' . var_export( $login, true ) . ', "user_pass" => "local ' . $login . ' 1", "user_email" => ' . var_export( $email, true ) . ', "role" => ' . var_export( $role, true ) . ' ) );' );
}
function address_of( $login ) {
	return World::inside( 'return get_user_by( "login", ' . var_export( $login, true ) . ' )->user_email;' );
}
/** Sets an address where no rule of WordPress or ours is asked. */
function force_address( $login, $email ) {
	World::inside( 'global $wpdb; $wpdb->update( $wpdb->users, array( "user_email" => ' . var_export( $email, true ) . ' ), array( "user_login" => ' . var_export( $login, true ) . ' ) ); wp_cache_flush(); return 1;' );
}
function on_the_list( $subject, $email, $role ) {
	return compact( 'subject', 'email', 'role' );
}

test( 'who: an address written into a profile makes nobody an administrator, and brings nobody back', function () {
	fresh();
	$eve = comes_in( 'w-eve', 'eve@example.org' );
	force_address( 'eve', 'boss@example.org' );
	same( 200, tell_people( array( on_the_list( '', 'boss@example.org', 'administrator' ), on_the_list( 'w-eve', 'eve@example.org', 'author' ) ) )->status );
	same( array( 'eve', array( 'author' ), 'eve@example.org' ), bearer_of( 'w-eve' ) );
	force_address( 'eve', 'again@example.org' );
	tell_people( array( on_the_list( '', 'again@example.org', 'administrator' ) ) );
	same( array(), bearer_of( 'w-eve' )[1] );
	same( 302, $eve->go( '/wp-admin/index.php' )->status, 'a removed person is in' );
	comes_in( 'w-boss', 'boss@example.org', 'administrator' );
	same( array( 'boss', array( 'administrator' ), 'boss@example.org' ), bearer_of( 'w-boss' ) );
} );
test( 'who: the owner of an address always comes in, whoever holds it here', function () {
	fresh();
	local_account( 'squatter', 'owner@example.org', 'administrator' );
	comes_in( 'w-owner', 'Owner@Example.org' );
	same( array( 'owner', array( 'author' ), 'owner@example.org' ), bearer_of( 'w-owner' ) );
	same( 1, preg_match( '/^[a-z0-9-]+@slipway\.invalid\z/', address_of( 'squatter' ) ), address_of( 'squatter' ) );
	comes_in( 'w-rik', 'rik@example.org' );
	force_address( 'rik', 'second@example.org' );
	comes_in( 'w-second', 'second@example.org' );
	same( 'second@example.org', bearer_of( 'w-second' )[2] );
	comes_in( 'w-rik', 'rik@example.org' );
	same( array( 'rik', array( 'author' ), 'rik@example.org' ), bearer_of( 'w-rik' ) );
	comes_in( 'w-keeper', 'keeper@example.org' );
	same( array( 'administrator' ), World::inside( 'return get_user_by( "login", "keeper" )->roles;' ) );
	same( array( 'author' ), bearer_of( 'w-keeper' )[1] );
	World::inside( 'require_once ABSPATH . "wp-admin/includes/user.php"; foreach ( array( "squatter" ) as $l ) { wp_delete_user( get_user_by( "login", $l )->ID ); } wp_delete_user( get_user_by( "email", "keeper@example.org" )->ID ); wp_update_user( array( "ID" => get_user_by( "login", "keeper" )->ID, "user_email" => "keeper@example.org" ) ); return 1;' );
} );
test( 'who: somebody new who comes in by two tabs at once gets one account', function () {
	fresh();
	portal( '/_set', array( 'who' => array( 'subject' => 'w-two', 'email' => 'two@example.org' ) ) );
	$multi = curl_multi_init();
	$tabs  = array();
	foreach ( array( 1, 2 ) as $n ) {
		$browser = ( new Browser() )->go( '/wp-login.php?action=slipway' );
		$browser->go( $browser->location );
		$tabs[] = $browser->tab( $browser->location );
		curl_multi_add_handle( $multi, end( $tabs ) );
	}
	do {
		curl_multi_exec( $multi, $running );
		curl_multi_select( $multi, 1 );
	} while ( $running );
	foreach ( $tabs as $tab ) {
		same( World::$site_url . '/wp-admin/', curl_getinfo( $tab, CURLINFO_REDIRECT_URL ) );
	}
	same( 1, World::inside( 'return count( get_users( array( "meta_key" => "slipway_subject", "meta_value" => "w-two" ) ) );' ) );
	same( array( 'two', array( 'author' ), 'two@example.org' ), bearer_of( 'w-two' ) );
} );
test( 'who: address and name follow the subject, at a sign-in and by the list, also when two people swap theirs', function () {
	fresh();
	comes_in( 'w-uma', 'uma@example.org', 'author', array( 'name' => 'Uma Old' ) );
	comes_in( 'w-uma', 'uma.new@example.org', 'author', array( 'name' => 'Uma New' ) );
	same( array( 'uma', array( 'author' ), 'uma.new@example.org' ), bearer_of( 'w-uma' ) );
	same( 'Uma New', World::inside( 'return get_user_by( "login", "uma" )->display_name;' ) );
	comes_in( 'w-vic', 'vic@example.org' );
	tell_people( array( on_the_list( 'w-uma', 'vic@example.org', 'author' ), on_the_list( 'w-vic', 'Uma.New@example.org', 'author' ) ) );
	same( array( 'vic@example.org', 'uma.new@example.org' ), array( bearer_of( 'w-uma' )[2], bearer_of( 'w-vic' )[2] ) );
	comes_in( 'w-uma', 'other@example.org', 'author', array( 'email_verified' => false ) );
	same( 'vic@example.org', bearer_of( 'w-uma' )[2], 'an address that nobody verified' );
	same( array(), calls( '/connect/v1/notices' ) );
} );
test( 'who: somebody who comes by SSO cannot change name, address or password here, and is told why', function () {
	fresh();
	$zed   = comes_in( 'w-zed', 'zed@example.org' );
	$asked = rest_me( $zed, array( 'email' => 'boss2@example.org' ) );
	same( array( 403, 'slipway_by_sso' ), array( $asked->status, $asked->json['code'] ?? '' ), $asked->body );
	says( 'sign-in service', $asked->json['message'] );
	same( 403, rest_me( $zed, array( 'password' => 'a local one' ) )->status );
	$name = World::inside( 'return get_user_by( "login", "zed" )->display_name;' );
	same( 403, rest_me( $zed, array( 'name' => 'Ada Byrne' ) )->status );
	same( $name, World::inside( '$u = get_user_by( "login", "zed" ); wp_update_user( array( "ID" => $u->ID, "display_name" => "Ada Byrne" ) ); return get_user_by( "login", "zed" )->display_name;' ), 'another way' );
	same( 200, rest_me( $zed, array( 'name' => $name ) )->status );
	$asked = rest_me( $zed, array( 'email' => 'ZED@example.org', 'description' => 'Writes.' ) );
	same( 200, $asked->status, $asked->body );
	$page = $zed->go( '/wp-admin/profile.php' );
	says( 'come from the sign-in service', $page->text() );
	holds( ! str_contains( $page->body, 'id="pass1"' ), 'a password can be set' );
	preg_match( '/name="_wpnonce" value="([^"]+)"/', $page->body, $nonce );
	$page = $zed->go( '/wp-admin/profile.php', array( '_wpnonce' => $nonce[1], 'action' => 'update', 'user_id' => World::inside( 'return get_user_by( "login", "zed" )->ID;' ), 'email' => 'boss2@example.org', 'nickname' => 'zed', 'from' => 'profile', 'checkuser_id' => 1 ) );
	says( 'sign-in service', $page->text() );
	same( array( 'zed@example.org', '' ), World::inside( '$u = get_user_by( "login", "zed" ); return array( $u->user_email, get_user_meta( $u->ID, "_new_email", true ) );' ) );
	same( 'zed@example.org', World::inside( '$u = get_user_by( "login", "zed" ); wp_update_user( array( "ID" => $u->ID, "user_email" => "boss2@example.org" ) ); return get_user_by( "login", "zed" )->user_email;' ), 'another way' );
} );
test( 'who: a password opens no account of somebody who comes by SSO, and no letter sets one', function () {
	fresh();
	comes_in( 'w-pia', 'pia@example.org' );
	World::inside( 'wp_set_password( "known to a stranger", get_user_by( "login", "pia" )->ID ); return 1;' );
	foreach ( array( 'pia', 'pia@example.org' ) as $name ) {
		$page = ( new Browser() )->login( $name, 'known to a stranger' );
		same( 200, $page->status );
		says( 'comes in by SSO', $page->text() );
	}
	$letters = World::inside(
		'$sent = array(); add_filter( "pre_wp_mail", function ( $no, $mail ) use ( &$sent ) { $sent[] = $mail["to"]; return true; }, 10, 2 );
		$said = array_map( fn( $who ) => is_wp_error( $e = retrieve_password( $who ) ) ? $e->get_error_message() : "sent", array( "pia@example.org", "pia", "anna" ) );
		return array( $said, $sent );'
	);
	says( 'comes in by SSO', $letters[0][0] );
	same( array( $letters[0][0], 'sent', array( 'anna@example.org' ) ), array( $letters[0][1], $letters[0][2], $letters[1] ) );
} );
test( 'who: an administrator keeps no way in by the emergency account, nor by a password of somebody else', function () {
	fresh();
	$boss = comes_in( 'w-chief', 'chief@example.org', 'administrator' );
	comes_in( 'w-staff', 'staff@example.org' );
	list( $keeper, $staff, $chief ) = World::inside( 'return array_map( fn( $l ) => get_user_by( "login", $l )->ID, array( "keeper", "staff", "chief" ) );' );
	same( 403, rest( $boss, 'PUT', "/users/$keeper", array( 'password' => 'a known one' ) )->status );
	same( 403, rest( $boss, 'PUT', "/users/$keeper", array( 'email' => 'chief2@example.org' ) )->status );
	same( 403, rest( $boss, 'DELETE', "/users/$keeper", array( 'force' => true, 'reassign' => $chief ) )->status );
	says( "not allowed to edit this user", $boss->go( "/wp-admin/user-edit.php?user_id=$keeper" )->text() );
	foreach ( array( $keeper, $staff ) as $other ) {
		same( 403, rest( $boss, 'POST', "/users/$other/application-passwords", array( 'name' => 'mine' ) )->status );
	}
	same( 201, rest( $boss, 'POST', "/users/$chief/application-passwords", array( 'name' => 'mine' ) )->status );
	same( 200, rest( $boss, 'PUT', "/users/$staff", array( 'description' => 'Writes.' ) )->status, 'everything else is theirs' );
	same( 403, rest( $boss, 'PUT', "/users/$staff", array( 'password' => 'a known one' ) )->status );
	holds( World::inside( 'return wp_check_password( wp_slash( getenv( "SLIPWAY_ADMIN_PASSWORD" ) ), get_user_by( "login", "keeper" )->user_pass );' ), 'its password is another one' );
} );
test( 'who: the portal hears whose account is being connected', function () {
	fresh();
	says( 'Connected. Ask in the chat', press( comes_in( 'w-conny', 'conny@example.org' ) )->follow()->text() );
	same( 'w-conny', calls( '/connect/v1/complete' )[0]['body']['wp_subject'] );
} );
test( 'who: only a subject that can be told apart, and an address that says the same everywhere', function () {
	fresh();
	foreach ( array( '', ' ', str_repeat( 's', 256 ), array( 'x' ), 7, null ) as $subject ) {
		says( 'nobody was signed in', sso( array( 'subject' => $subject, 'email' => 'carl@example.org' ) )->text() );
	}
	comes_in( 'w-kim', 'kim@example.org' );
	// KELVIN SIGN is no k, and a letter that WordPress would drop makes no other address.
	foreach ( array( "\u{212A}im@example.org", "kim\u{00E9}@example.org", 'kim@' . str_repeat( 'long.', 25 ) . 'example.org' ) as $n => $email ) {
		comes_in( "w-odd-$n", $email, 'author', array( 'email_verified' => 'true' ) );
		says( '@slipway.invalid', bearer_of( "w-odd-$n" )[2] );
	}
	same( 'kim@example.org', bearer_of( 'w-kim' )[2] );
	foreach ( array( 'TRUE', 'yes', '1', 1, array( true ), null ) as $odd ) {
		says( 'is not confirmed', sso( array( 'subject' => 'w-none', 'email' => 'none@example.org', 'email_verified' => $odd ) )->text() );
	}
	same( null, bearer_of( 'w-none' ) );
} );
test( 'who: a list that is older than somebody’s sign-in does not put them out, a newer one does', function () {
	fresh();
	$new = comes_in( 'w-late', 'late@example.org', 'author', array( 'at' => 2000000 ) );
	tell_people( array(), 1999999 );
	says( 'Dashboard', $new->go( '/wp-admin/index.php' )->text() );
	tell_people( array(), 2000001 );
	same( array( 302, array() ), array( $new->go( '/wp-admin/index.php' )->status, bearer_of( 'w-late' )[1] ) );
	tell_people( array( on_the_list( 'w-late', 'late@example.org', 'administrator' ) ), 2000002 );
	same( array( 'late', array( 'administrator' ), 'late@example.org' ), bearer_of( 'w-late' ), 'who is invited again has their account again' );
	comes_in( 'w-late', 'late@example.org', 'author', array( 'at' => 900000000 ) );
	tell_people( array(), 3000000 );
	same( array(), bearer_of( 'w-late' )[1], 'a clock that was turned back protects nobody' );
} );
test( 'who: local accounts are listed to the portal, and ended when it says so', function () {
	fresh();
	$id   = local_account( 'mallory', 'mallory@example.org', 'administrator' );
	$in   = ( new Browser() )->login( 'mallory', 'local mallory 1' );
	$key  = credential( 'mallory', '99999999-9999-4999-8999-999999999999' );
	$seen = json_decode( ( new Browser() )->go( '/wp-json/slipway/v1/status', null, bearer() )->body, true )['local'];
	$all  = array_column( $seen['accounts'], null, 'login' );
	same( array( false, false, false, true ), array( isset( $all['keeper'] ), isset( $all['zed'] ), isset( $all['sue'] ), $all['adam']['administrator'] ) );
	same( array( $id, 'mallory', true, 'administrator', false ), array( $all['mallory']['id'], $all['mallory']['login'], $all['mallory']['administrator'], $all['mallory']['role'], $all['mallory']['moved'] ) );
	holds( abs( time() - $all['mallory']['since'] ) < 60, 'since when' );
	holds( ! $all['anna']['administrator'] && array_search( 'anna', array_keys( $all ), true ) > array_search( 'mallory', array_keys( $all ), true ), 'administrators come first' );
	foreach ( array( array( 'id' => $id, 'login' => 'anna' ), array( 'id' => 1, 'login' => 'keeper' ), array( 'id' => World::inside( 'return get_user_by( "login", "zed" )->ID;' ), 'login' => 'zed' ) ) as $wrong ) {
		same( 409, end_account( $wrong )->status, json_encode( $wrong ) );
	}
	foreach ( array( array(), array( 'id' => "$id", 'login' => 'mallory' ), array( 'id' => $id, 'login' => array() ) ) as $wrong ) {
		same( 422, end_account( $wrong )->status, json_encode( $wrong ) );
	}
	same( 401, ( new Browser() )->go( '/wp-json/slipway/v1/end-account', '{}', array( 'Content-Type: application/json' ) )->status );
	foreach ( array( 1, 2 ) as $time ) {
		same( 200, end_account( array( 'id' => $id, 'login' => 'mallory' ) )->status );
	}
	same( 200, end_account( array( 'id' => 999999, 'login' => 'nobody' ) )->status, 'gone already' );
	holds( ! str_contains( json_encode( json_decode( ( new Browser() )->go( '/wp-json/slipway/v1/status', null, bearer() )->body, true )['local'] ), 'mallory' ), 'it is still listed' );
	same( array( 302, 401, array() ), array( $in->go( '/wp-admin/index.php' )->status, call( $key, 'GET', '/wp/v2/users/me' )->status, World::inside( 'return get_user_by( "login", "mallory" )->roles;' ) ) );
	same( 200, ( new Browser() )->login( 'mallory', 'local mallory 1' )->status, 'its password still opens' );
	holds( 'sent' !== World::inside( 'return is_wp_error( $e = retrieve_password( "mallory" ) ) ? "no" : "sent";' ), 'a letter brings it back' );
	same( 200, end_account( array( 'id' => World::inside( 'return get_user_by( "login", "mallory" )->ID;' ), 'login' => 'mallory' ) )->status );
	World::inside( 'require_once ABSPATH . "wp-admin/includes/user.php"; wp_delete_user( get_user_by( "login", "mallory" )->ID ); return 1;' );
} );
function end_account( $which ) {
	return ( new Browser() )->go( '/wp-json/slipway/v1/end-account', json_encode( (object) $which ), array_merge( bearer(), array( 'Content-Type: application/json' ) ) );
}

test( 'who: somebody whose account at the sign-in service was replaced comes into their own account, before any list says so', function () {
	fresh();
	comes_in( 'sub-old', 'gina@example.org' );
	$before = bearer_of( 'sub-old' );
	comes_in( 'sub-new', 'gina@example.org', 'author', array( 'was' => array( 'sub-old' ) ) );
	same( array( $before, null ), array( bearer_of( 'sub-new' ), bearer_of( 'sub-old' ) ) );
	// Nobody follows into an account while they have one of their own.
	comes_in( 'sub-third', 'third@example.org' );
	comes_in( 'sub-third', 'third@example.org', 'author', array( 'was' => array( 'sub-new', array() ) ) );
	same( $before, bearer_of( 'sub-new' ) );
} );
