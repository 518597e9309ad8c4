<?php

test( 'install: a missing setting is named and ends with 2', function () {
	list( $exit, $out ) = World::install( array( 'SLIPWAY_ADMIN_EMAIL' => '' ) );
	same( 2, $exit );
	says( 'SLIPWAY_ADMIN_EMAIL is not set', $out );
} );
test( 'install: a silent database ends with 1 and one line', function () {
	list( $exit, $out ) = World::install( array( 'WORDPRESS_DB_HOST' => '127.0.0.1:1' ) );
	same( 1, $exit, $out );
	says( 'does not answer', $out );
	same( 1, substr_count( $out, "\n" ), $out );
} );
test( 'setup: an empty database becomes a site', function () {
	list( $exit, $out ) = World::install();
	same( 0, $exit, $out );
	same( 'WordPress is installed at ' . World::$site_url . ".\n", $out );
	$site = World::inside( 'return array( get_option( "siteurl" ), get_option( "home" ), html_entity_decode( get_option( "blogname" ) ), get_option( "permalink_structure" ), get_option( "timezone_string" ), wp_count_posts()->publish, wp_count_posts( "page" )->publish, array_column( get_users(), "user_login" ), get_user_by( "login", "keeper" )->roles, wp_check_password( wp_slash( getenv( "SLIPWAY_ADMIN_PASSWORD" ) ), get_user_by( "login", "keeper" )->user_pass ) );' );
	same( array( World::$site_url, World::$site_url, 'Acme & Sons', '/%postname%/', 'UTC', 0, 0, array( 'keeper' ), array( 'administrator' ), true ), json_decode( json_encode( $site ), true ) );
} );
test( 'setup: people and servers', function () {
	foreach ( PEOPLE as $login => $role ) {
		World::inside( "return wp_insert_user( array( 'user_login' => '$login', 'user_pass' => 'local $login 1', 'user_email' => '$login@example.org', 'display_name' => '" . ucfirst( $login ) . "', 'role' => '$role' ) );" );
	}
	World::site_up();
	same( 200, ( new Browser() )->go( '/' )->status );
} );
test( 'install: a second run changes nothing and ends with 0', function () {
	World::inside( 'update_option( "blogname", "Renamed" ); wp_set_password( "changed by a person", get_user_by( "login", "keeper" )->ID ); return 1;' );
	list( $exit, $out ) = World::install();
	same( array( 0, 'WordPress is already installed at ' . World::$site_url . ".\n" ), array( $exit, $out ) );
	same( array( 'Renamed', true ), World::inside( 'return array( get_option( "blogname" ), wp_check_password( "changed by a person", get_user_by( "login", "keeper" )->user_pass ) );' ) );
	World::inside( 'wp_set_password( wp_slash( getenv( "SLIPWAY_ADMIN_PASSWORD" ) ), get_user_by( "login", "keeper" )->ID ); return 1;' );
} );
test( 'install: a newer WordPress brings its database along', function () {
	$now = World::inside( '$now = get_option( "db_version" ); update_option( "db_version", "50000" ); return (int) $now;' );
	list( $exit, $out ) = World::install();
	same( array( 0, 'WordPress is installed at ' . World::$site_url . ", and its database was brought to version $now.\n" ), array( $exit, $out ) );
	same( array( $now, 'WordPress is already installed at ' . World::$site_url . ".\n" ), array( World::inside( 'return (int) get_option( "db_version" );' ), World::install()[1] ) );
} );
test( 'install: one that was cut off is finished by the next run', function () {
	World::inside( 'delete_option( "slipway_installed" ); update_option( "permalink_structure", "" ); return 1;' );
	same( 0, World::install()[0] );
	same( array( '/%postname%/', true ), World::inside( 'return array( get_option( "permalink_structure" ), (bool) get_option( "slipway_installed" ) );' ) );
} );
test( 'install P17: a database of another address is left alone and ends with 3', function () {
	World::inside( 'update_option( "siteurl", "https://old.example" ); return 1;' );
	list( $exit, $out ) = World::install();
	World::inside( 'update_option( "siteurl", getenv( "SLIPWAY_SITE_URL" ) ); return 1;' );
	same( 3, $exit, $out );
	says( 'This database belongs to the site at https://old.example', $out );
} );
test( 'config: closed to file changes, updates and foreign hosts', function () {
	$seen = World::inside( '$r = wp_remote_get( "http://192.0.2.1/", array( "timeout" => 1 ) ); return array( DISALLOW_FILE_MODS, AUTOMATIC_UPDATER_DISABLED, DISABLE_WP_CRON, wp_get_environment_type(), defined( "WP_SITEURL" ), is_wp_error( $r ) ? $r->get_error_code() : "", wp_is_file_mod_allowed( "x" ) );' );
	same( array( true, true, true, 'production', false, 'http_request_not_executed', false ), $seen );
} );
test( 'guard: the plugin is on although the database does not say so, and cannot be switched off', function () {
	same( array(), World::inside( 'remove_all_filters( "option_active_plugins" ); return get_option( "active_plugins" );' ) );
	same( true, World::inside( 'deactivate_plugins( "slipway-connect/slipway-connect.php" ); return is_plugin_active( "slipway-connect/slipway-connect.php" );' ) );
	holds( ! str_contains( person( 'adam' )->go( '/wp-admin/plugins.php' )->body, 'deactivate-slipway' ), 'there is a Deactivate link' );
} );
