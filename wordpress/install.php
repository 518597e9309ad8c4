<?php
/**
 * Installs WordPress from the environment, once; later brings its database to the version of the files, or says that all is there.
 *
 * Usage: php install.php [folder of WordPress]
 *
 * It can be killed at any point and run again: what is there is kept, what is missing is added.
 * It waits for nothing; whoever starts it starts it again.
 *
 * Exit codes: 0 installed, 1 the database does not answer or the install failed, 2 a setting is missing,
 * 3 the database belongs to a site at another address (a copy, or a site that moved),
 * 4 there is no language pack for SLIPWAY_LOCALE, or PHP does not know SLIPWAY_TIME_ZONE.
 *
 * @package Slipway_Site
 */

if ( 'cli' !== PHP_SAPI ) {
	http_response_code( 404 );
	exit;
}

/**
 * Ends with one line that says what is the matter.
 *
 * @param int    $code Exit code.
 * @param string $line What happened.
 */
function slipway_install_stop( $code, $line ) {
	fwrite( 0 === $code ? STDOUT : STDERR, $line . "\n" );
	exit( $code );
}

/**
 * Reads a setting.
 *
 * @param string $name Variable.
 * @return string
 */
function slipway_install_env( $name ) {
	return (string) getenv( $name );
}

$slipway_needed = array( 'WORDPRESS_DB_HOST', 'WORDPRESS_DB_USER', 'WORDPRESS_DB_NAME', 'SLIPWAY_SITE_URL', 'SLIPWAY_TENANT_NAME', 'SLIPWAY_ADMIN_LOGIN', 'SLIPWAY_ADMIN_EMAIL', 'SLIPWAY_ADMIN_PASSWORD' );
foreach ( $slipway_needed as $slipway_name ) {
	if ( '' === slipway_install_env( $slipway_name ) && '' === slipway_install_env( $slipway_name . '_FILE' ) ) {
		slipway_install_stop( 2, "$slipway_name is not set. Nothing was changed." );
	}
}

$slipway_url  = rtrim( slipway_install_env( 'SLIPWAY_SITE_URL' ), '/' );
$slipway_core = isset( $argv[1] ) ? rtrim( $argv[1], '/' ) : ( is_file( __DIR__ . '/wp-load.php' ) ? __DIR__ : (string) getcwd() );
if ( ! is_file( $slipway_core . '/wp-load.php' ) ) {
	slipway_install_stop( 2, "There is no WordPress in $slipway_core. Nothing was changed." );
}

/**
 * Connects to the site's database without WordPress, and silently.
 *
 * @param int $flags As mysqli takes them.
 * @return mysqli|null
 */
function slipway_install_connect( $flags ) {
	$file     = slipway_install_env( 'WORDPRESS_DB_PASSWORD_FILE' );
	$password = '' === $file ? slipway_install_env( 'WORDPRESS_DB_PASSWORD' ) : rtrim( (string) file_get_contents( $file ), "\r\n" );
	list( $host, $port ) = explode( ':', slipway_install_env( 'WORDPRESS_DB_HOST' ) . ':3306' );
	$database = mysqli_init();
	set_error_handler( static fn() => true );
	$is_open = $database->real_connect( $host, slipway_install_env( 'WORDPRESS_DB_USER' ), $password, slipway_install_env( 'WORDPRESS_DB_NAME' ), (int) $port, null, $flags );
	restore_error_handler();
	return $is_open ? $database : null;
}

/**
 * Why the database did not let the site in. A server that demands TLS says to one without that the password is wrong (1045,
 * seen on MariaDB 10.11); numbers from 2000 on are PHP's own, of no answer or of TLS that failed.
 *
 * @param int $number What the connection ended with.
 * @return string
 */
function slipway_install_reason( $number ) {
	if ( 0 === slipway_connection_flags() && 2000 > $number && null !== slipway_install_connect( MYSQLI_CLIENT_SSL | MYSQLI_CLIENT_SSL_DONT_VERIFY_SERVER_CERT ) ) {
		return 'demands TLS: set mode in [database.tls] of the portal';
	}
	$why = "does not answer, or refuses this user ($number)";
	return 0 === slipway_connection_flags() || 2000 > $number ? $why : $why . '; the portal demands TLS, so look at its certificate and at network.ca_file';
}

/**
 * Was an install cut off between its tables and its address? WordPress takes that for a broken database and would end
 * inside wp-load.php for ever. Asked without WordPress, and silent: whoever cannot connect is told further down.
 *
 * @return bool
 */
function slipway_install_was_cut_off() {
	$database = slipway_install_connect( slipway_connection_flags() );
	if ( null === $database ) {
		define( 'SLIPWAY_INSTALL_NO_DATABASE', slipway_install_reason( mysqli_connect_errno() ) );
		return false;
	}
	$prefix = preg_replace( '/[^A-Za-z0-9_]/', '', slipway_install_env( 'WORDPRESS_TABLE_PREFIX' ) );
	$prefix = '' === $prefix ? 'wp_' : $prefix;
	$tables = $database->query( "SHOW TABLES LIKE '" . str_replace( '_', '\\_', $prefix ) . "%'" );
	$found  = $database->query( "SELECT 1 FROM {$prefix}options WHERE option_name = 'siteurl'" );
	$some   = $tables instanceof mysqli_result && 0 < $tables->num_rows;
	$cut    = $some && ( ! $found instanceof mysqli_result || 0 === $found->num_rows );
	$database->close();
	return $cut;
}

mysqli_report( MYSQLI_REPORT_OFF );
require_once $slipway_core . '/wp-content/mu-plugins/slipway/connection.php';
slipway_connection_trust();
define( 'WP_INSTALLING', true );
if ( slipway_install_was_cut_off() ) {
	define( 'WP_REPAIRING', true );
}
// WordPress guesses its address from the request and writes it first of all. There is no request here, and an install
// that is cut off must leave the right address behind, or the next run would take the database for somebody else's.
define( 'WP_SITEURL', $slipway_url );
// WordPress reads the address of the request while it loads; there is none on a command line.
$_SERVER['HTTP_HOST']       = (string) preg_replace( '~^https?://~', '', $slipway_url );
$_SERVER['SERVER_PROTOCOL'] = 'HTTP/1.1';
$_SERVER['REQUEST_METHOD']  = 'GET';
$_SERVER['REQUEST_URI']     = '/';
if ( 0 === strpos( $slipway_url, 'https:' ) ) {
	$_SERVER['HTTPS'] = 'on';
}

// WordPress meets a silent database with a page of HTML. A line is easier to read in a log.
register_shutdown_function(
	static function () {
		if ( ! defined( 'SLIPWAY_INSTALL_LOADED' ) ) {
			ob_end_clean();
			slipway_install_stop( 1, 'The database at ' . slipway_install_env( 'WORDPRESS_DB_HOST' ) . ' ' . ( defined( 'SLIPWAY_INSTALL_NO_DATABASE' ) ? SLIPWAY_INSTALL_NO_DATABASE : 'does not answer, or refuses this user' ) . '. Nothing was changed.' );
		}
	}
);
ob_start();
require $slipway_core . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
define( 'SLIPWAY_INSTALL_LOADED', true );
ob_end_clean();

add_filter( 'pre_wp_mail', '__return_true' );

global $wpdb;
// Two copies of a site may start at the same time. The lock goes with the connection.
if ( '1' !== (string) $wpdb->get_var( $wpdb->prepare( 'SELECT GET_LOCK(%s, 60)', 'slipway_install_' . md5( DB_NAME . $wpdb->prefix ) ) ) ) {
	slipway_install_stop( 1, 'Another install is running on this database. Nothing was changed.' );
}

/**
 * Stops when the database names another address. Reads the table itself, because a constant or a filter could answer for it.
 *
 * @param string $url Where this site is.
 */
function slipway_install_same_address( $url ) {
	global $wpdb;
	foreach ( array( 'siteurl', 'home' ) as $name ) {
		$found = rtrim( (string) $wpdb->get_var( $wpdb->prepare( "SELECT option_value FROM {$wpdb->options} WHERE option_name = %s", $name ) ), '/' );
		if ( '' !== $found && $found !== $url ) {
			slipway_install_stop( 3, "This database belongs to the site at $found, and this site is $url. Nothing was changed." );
		}
	}
}

if ( is_blog_installed() ) {
	slipway_install_same_address( $slipway_url );
	if ( get_option( 'slipway_installed' ) ) {
		global $wp_db_version;
		if ( (int) get_option( 'db_version' ) < (int) $wp_db_version ) {
			// A newer WordPress on an older database: otherwise the first administrator would be asked to do this.
			wp_upgrade();
			slipway_install_stop( 0, "WordPress is installed at $slipway_url, and its database was brought to version $wp_db_version." );
		}
		slipway_install_stop( 0, "WordPress is already installed at $slipway_url." );
	}
}

// WordPress would say nothing, and be English and in UTC.
$slipway_locale = slipway_site_env( 'SLIPWAY_LOCALE', 'en_US' );
$slipway_zone   = slipway_site_env( 'SLIPWAY_TIME_ZONE', 'UTC' );
if ( 'en_US' !== $slipway_locale && ! in_array( $slipway_locale, get_available_languages(), true ) ) {
	slipway_install_stop( 4, "WordPress has no language pack $slipway_locale in " . WP_LANG_DIR . '. Nothing was changed.' );
}
if ( ! in_array( $slipway_zone, timezone_identifiers_list( DateTimeZone::ALL_WITH_BC ), true ) ) {
	slipway_install_stop( 4, "PHP does not know the time zone $slipway_zone. Nothing was changed." );
}
// As the installer in the browser does: what is written into the database once, such as the form of dates, is in the language.
load_default_textdomain( $slipway_locale );
$GLOBALS['wp_locale'] = new WP_Locale();

// Also repairs an install that was cut off: it adds what is missing and keeps the rest.
$slipway_login    = slipway_site_env( 'SLIPWAY_ADMIN_LOGIN' );
$slipway_password = slipway_site_env( 'SLIPWAY_ADMIN_PASSWORD' );
wp_install(
	slipway_site_env( 'SLIPWAY_TENANT_NAME' ),
	$slipway_login,
	slipway_site_env( 'SLIPWAY_ADMIN_EMAIL' ),
	true,
	'',
	wp_slash( $slipway_password ),
	'en_US' === $slipway_locale ? '' : $slipway_locale
);
$slipway_admin = get_user_by( 'login', $slipway_login );
if ( ! $slipway_admin ) {
	slipway_install_stop( 1, "WordPress did not create the user $slipway_login. Run the install again." );
}
$slipway_admin->set_role( 'administrator' );
// The login form compares passwords with slashes before quotes, so that is how they have to be stored.
wp_set_password( wp_slash( $slipway_password ), $slipway_admin->ID );
delete_user_meta( $slipway_admin->ID, 'default_password_nag' );
update_option( 'permalink_structure', '/%postname%/' );
update_option( 'timezone_string', $slipway_zone );
// Their addresses are translated too.
$slipway_samples = array(
	sanitize_title( _x( 'hello-world', 'Default post slug' ) ) => 'post', // phpcs:ignore WordPress.WP.I18n.MissingArgDomain -- WordPress's own text.
	sanitize_title( __( 'sample-page' ) ) => 'page', // phpcs:ignore WordPress.WP.I18n.MissingArgDomain -- The same.
);
foreach ( $slipway_samples as $slipway_slug => $slipway_type ) {
	$slipway_sample = get_page_by_path( $slipway_slug, OBJECT, $slipway_type );
	if ( $slipway_sample ) {
		wp_delete_post( $slipway_sample->ID, true );
	}
}
// Written last: as long as it is missing, the next run does all of this again.
update_option( 'slipway_installed', gmdate( 'c' ), false );
slipway_install_same_address( $slipway_url );
slipway_install_stop( 0, "WordPress is installed at $slipway_url." );
