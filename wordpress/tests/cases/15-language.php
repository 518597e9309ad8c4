<?php
/** A site that is ordered in German, in Berlin. */

/** Its address and its settings; installed once. */
function german() {
	static $site = null;
	if ( null === $site ) {
		$provider = array( 'OIDC_CLIENT_ID' => 'wp-acme', 'OIDC_CLIENT_SECRET' => 's', 'OIDC_ISSUER' => 'https://sso.example.org/application/o/wp-acme/' );
		$site     = World::other( array( 'WORDPRESS_TABLE_PREFIX' => 'de_', 'SLIPWAY_LOCALE' => 'de_DE', 'SLIPWAY_TIME_ZONE' => 'Europe/Berlin' ) + $provider );
		same( 0, $site[2][0], $site[2][1] );
	}
	return $site;
}

test( 'language: one without a pack, and a time zone that PHP does not know, are refused in words and nothing is made', function () {
	foreach ( array( 'no language pack xx_XX' => array( 'SLIPWAY_LOCALE' => 'xx_XX' ), 'does not know the time zone Europe/Neustadt' => array( 'SLIPWAY_TIME_ZONE' => 'Europe/Neustadt' ) ) as $words => $env ) {
		list( $exit, $out ) = World::install( $env + array( 'WORDPRESS_TABLE_PREFIX' => 'xx_' ) );
		same( 4, $exit, $out );
		says( $words, $out );
		same( 1, substr_count( $out, "\n" ), $out );
	}
	same( array(), World::inside( 'global $wpdb; return $wpdb->get_col( "SHOW TABLES LIKE \'xx\\\\_%\'" );' ) );
} );
test( 'language: a site that is ordered in German is German, and goes by the clocks of Berlin', function () {
	list( , $env ) = german();
	$site          = World::inside( 'return array( get_option( "WPLANG" ), get_option( "timezone_string" ), get_option( "date_format" ), get_cat_name( 1 ), wp_count_posts()->publish, wp_count_posts( "page" )->publish, substr( get_bloginfo( "language" ), 0, 2 ) );', $env );
	same( array( 'de_DE', 'Europe/Berlin', 'j. F Y', 'Allgemein', 0, 0, 'de' ), json_decode( json_encode( $site ), true ) );
	same( 'WordPress is already installed at ' . $env['SLIPWAY_SITE_URL'] . ".\n", World::install( $env )[1] );
	World::inside( 'update_option( "timezone_string", "Europe/Vienna" ); update_option( "WPLANG", "" ); return 1;', $env );
	World::install( $env );
	same( array( 'Europe/Vienna', '' ), World::inside( 'return array( get_option( "timezone_string" ), get_option( "WPLANG" ) );', $env ), 'what people change later stays' );
	World::inside( 'update_option( "timezone_string", "Europe/Berlin" ); update_option( "WPLANG", "de_DE" ); return 1;', $env );
} );
test( 'language: a draft has the date of the site’s time zone', function () {
	list( , $env ) = german();
	$seen          = World::inside(
		'wp_set_current_user( get_user_by( "login", "keeper" )->ID );
		$request = new WP_REST_Request( "POST", "/wp/v2/posts" );
		$request->set_body_params( array( "title" => "Brot", "status" => "draft" ) );
		$post = rest_do_request( $request )->get_data();
		$here = new DateTimeImmutable( $post["modified"], new DateTimeZone( "Europe/Berlin" ) );
		$utc  = new DateTimeImmutable( $post["modified_gmt"], new DateTimeZone( "UTC" ) );
		return array( $here->getTimestamp() === $utc->getTimestamp(), $post["modified"] !== $post["modified_gmt"], abs( $utc->getTimestamp() - time() ) < 60, $post["date"] === $post["modified"], $post["categories"] );',
		$env
	);
	same( array( true, true, true, true, array( 1 ) ), $seen );
} );
test( 'language: German pages for editors, and a sign-out that ends on a German page', function () {
	list( $url ) = german();
	$browser     = new Browser();
	says( 'Passwort', $browser->go( "$url/wp-login.php" )->text() );
	$browser->go( "$url/wp-login.php", array( 'log' => 'keeper', 'pwd' => World::$env['SLIPWAY_ADMIN_PASSWORD'], 'testcookie' => '1' ) );
	$desk = $browser->go( "$url/wp-admin/" );
	same( 200, $desk->status, $desk->text() );
	says( 'Beiträge', $desk->text() );
	says( 'lang="de', $desk->body );
	same( 200, $browser->go( "$url/wp-admin/admin.php?page=slipway-connect" )->status );
	holds( 1 === preg_match( '~wp-login\.php\?action=logout(?:&amp;|&#038;)_wpnonce=[0-9a-f]+~', $browser->body, $out ), 'there is no link to sign out' );
	$left = $browser->go( "$url/" . html_entity_decode( $out[0] ) );
	// The provider compares this address with those that the portal registered, to the letter.
	same( "$url/wp-login.php?loggedout=true", $left->location );
	says( 'abgemeldet', $left->follow()->text() );
	same( 200, $left->status );
} );
test( 'language: our own pages are German with it', function () {
	if ( version_compare( World::inside( 'return get_bloginfo( "version" );' ), '6.5', '<' ) ) {
		echo "skipped: WordPress reads translations in PHP since 6.5\n";
		return;
	}
	list( $url, $env ) = german();
	says( 'Mit SSO anmelden', ( new Browser() )->go( "$url/wp-login.php" )->text() );
	same( array( 'Verbinden', 'Verbinden' ), array_map( static fn( $locale ) => World::inside( 'switch_to_locale( "' . $locale . '" ); load_textdomain( "slipway-connect", WP_PLUGIN_DIR . "/slipway-connect/languages/slipway-connect-' . $locale . '.mo", "' . $locale . '" ); return __( "Connect", "slipway-connect" );', $env ), array( 'de_DE', 'de_DE_formal' ) ) );
	$folder   = dirname( __DIR__, 2 ) . '/slipway-connect/languages';
	$messages = ( require "$folder/slipway-connect-de_DE.l10n.php" )['messages'];
	$holes    = static fn( $text ) => preg_match_all( '/%(?:\d\$)?[sd]/', $text, $found ) ? array_count_values( $found[0] ) : array();
	$template = (string) preg_replace( '/"\n"/', '', (string) file_get_contents( "$folder/slipway-connect.pot" ) );
	foreach ( $messages as $english => $german ) {
		same( true, $holes( $english ) == $holes( $german ), $english ); // phpcs:ignore
		says( 'msgid "' . $english . '"', $template );
	}
} );
