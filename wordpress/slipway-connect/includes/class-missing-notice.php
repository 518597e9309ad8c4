<?php
/**
 * Says once, and only to those who can do something about it, that the site was not told about its portal.
 *
 * @package Slipway_Connect
 */

namespace Slipway_Connect;

defined( 'ABSPATH' ) || exit;

/**
 * The notice of a site without settings.
 */
final class Missing_Notice {

	/**
	 * Hooks in.
	 */
	public static function watch() {
		add_action( 'admin_notices', array( __CLASS__, 'show' ) );
	}

	/**
	 * Prints the notice on the dashboard and on the list of plugins.
	 */
	public static function show() {
		$screen = get_current_screen();
		if ( ! current_user_can( 'manage_options' ) || ! $screen || ! in_array( $screen->id, array( 'dashboard', 'plugins' ), true ) ) {
			return;
		}
		printf(
			'<div class="notice notice-warning"><p>%s</p></div>',
			sprintf(
				/* translators: %s: names of settings */
				esc_html__( 'Slipway Connect is resting: this site was started without %s. The site works as before. Add them to the environment of the site and start it again.', 'slipway-connect' ),
				'<code>' . implode( '</code>, <code>', array_map( 'esc_html', Config::missing() ) ) . '</code>'
			)
		);
	}
}
