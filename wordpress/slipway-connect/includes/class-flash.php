<?php
/**
 * A message that survives one redirect, without travelling through the address bar.
 *
 * @package Slipway_Connect
 */

namespace Slipway_Connect;

defined( 'ABSPATH' ) || exit;

/**
 * One message per person.
 */
final class Flash {

	/**
	 * Leaves a message and goes to the settings page.
	 *
	 * @param string $type  success, error, warning or info.
	 * @param string ...$sentences What to say. Not escaped.
	 */
	public static function and_back( $type, ...$sentences ) {
		self::leave( $type, ...$sentences );
		wp_safe_redirect( Settings_Page::url() );
		exit;
	}

	/**
	 * Leaves a message.
	 *
	 * @param string $type  success, error, warning or info.
	 * @param string ...$sentences What to say. Not escaped.
	 */
	public static function leave( $type, ...$sentences ) {
		set_transient(
			'slipway_flash_' . get_current_user_id(),
			array(
				'type' => $type,
				'text' => implode( ' ', array_filter( $sentences ) ),
			),
			300
		);
	}

	/**
	 * Prints the message once.
	 */
	public static function show() {
		$name  = 'slipway_flash_' . get_current_user_id();
		$flash = get_transient( $name );
		if ( is_array( $flash ) ) {
			delete_transient( $name );
			printf( '<div class="notice notice-%s"><p>%s</p></div>', esc_attr( $flash['type'] ), esc_html( $flash['text'] ) );
		}
	}
}
