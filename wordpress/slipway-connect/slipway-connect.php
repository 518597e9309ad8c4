<?php
/**
 * Plugin Name:       Slipway Connect
 * Description:       Draft posts from your chat, under your own name. Connects this site with the Slipway portal and lets people sign in with SSO.
 * Version:           1.0.0
 * Requires at least: 6.4
 * Requires PHP:      8.0
 * Author:            Slipway
 * License:           GPL-2.0-or-later
 * License URI:       https://www.gnu.org/licenses/gpl-2.0.html
 * Text Domain:       slipway-connect
 * Domain Path:       /languages
 *
 * @package Slipway_Connect
 */

namespace Slipway_Connect;

defined( 'ABSPATH' ) || exit;

const VERSION = '1.0.0';
const FILE    = __FILE__;

spl_autoload_register(
	static function ( $name ) {
		if ( 0 === strpos( $name, __NAMESPACE__ . '\\' ) ) {
			$file = strtolower( str_replace( '_', '-', substr( $name, strlen( __NAMESPACE__ ) + 1 ) ) );
			$path = __DIR__ . '/includes/class-' . $file . '.php';
			if ( is_file( $path ) ) {
				require $path;
			}
		}
	}
);

add_action(
	'init',
	static function () {
		load_plugin_textdomain( 'slipway-connect', false, dirname( plugin_basename( FILE ) ) . '/languages' );
	}
);

// There is no activation hook: a site may switch the plugin on from outside, and nothing needs preparing.
if ( Config::missing() ) {
	Missing_Notice::watch();
	return;
}

Address::watch();
Sso_Account::watch();
Account_Guard::watch();
Passwords::watch();
Connect_Flow::watch();
Disconnect::watch();
Outbox::watch();
Settings_Page::watch();
Chat_Links::watch();
Sign_In::watch();
Sign_In_Form::watch();
Site_Endpoints::watch();
Site_Health::watch();
